struct s { int a; };
const struct s v;
BEGIN { v.a = 1; }
