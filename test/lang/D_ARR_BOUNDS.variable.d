int v[3];
BEGIN { v[-1] = 2; }
