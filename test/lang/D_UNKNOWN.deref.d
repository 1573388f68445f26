struct s { int x; };
BEGIN { trace(*(struct s *)arg0); }
