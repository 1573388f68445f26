/* An aggregation without keys: the CPU has its entry, one addition. */
BEGIN { @ = count(); }
