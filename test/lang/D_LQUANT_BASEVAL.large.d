BEGIN { @a = lquantize(1, 0x80000000, 10); }
