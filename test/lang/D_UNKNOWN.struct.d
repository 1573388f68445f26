struct s { int x; } v;
BEGIN { trace(v); }
