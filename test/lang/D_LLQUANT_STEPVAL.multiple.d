BEGIN { @ok = llquantize(1, 10, 0, 3, 20); @ = llquantize(1, 10, 0, 3, 25); }
