struct s { int x; } v;
BEGIN { trace(stringof(v)); }
