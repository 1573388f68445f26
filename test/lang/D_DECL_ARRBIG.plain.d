int x[1 << 29];
