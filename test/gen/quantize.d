/* The bucket is found by a routine, and bounded. */
BEGIN { @ = quantize(arg0); @l = lquantize(arg0, 0, 100, 10); }
