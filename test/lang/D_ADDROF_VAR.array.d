int v[3];
BEGIN { trace(v + 1); }
