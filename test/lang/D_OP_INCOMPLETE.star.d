struct unknown *p;
BEGIN { trace(*p); }
