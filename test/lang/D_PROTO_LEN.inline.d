inline int x[int a, int b] = a + b;
BEGIN { trace(x[1]); }
