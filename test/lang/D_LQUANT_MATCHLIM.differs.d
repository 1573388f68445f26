BEGIN { @a = lquantize(1, 0, 10); }
END { @a = lquantize(1, 0, 11); }
