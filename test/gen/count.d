/* An aggregation without keys: one lookup, one addition; a new entry out of the way. */
BEGIN { @ = count(); }
