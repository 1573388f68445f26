struct s { int a; }; struct s g, h;
BEGIN { trace((g = h).a); }
