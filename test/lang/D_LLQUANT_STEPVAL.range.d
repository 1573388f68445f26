BEGIN { @ok = llquantize(1, 10, 0, 3, 100); @ = llquantize(1, 10, 1, 3, 40); }
