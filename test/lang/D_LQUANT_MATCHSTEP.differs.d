BEGIN { @a = lquantize(1, 0, 10, 2); }
END { @a = lquantize(1, 0, 10); }
