BEGIN { @ok = llquantize(1, 10, 0, 3, 5); @ = llquantize(1, 10, 0, 3, 4); }
