BEGIN { @ok = llquantize(1, 2, 0, 62, 2); @ = llquantize(1, 2, 0, 63, 2); }
