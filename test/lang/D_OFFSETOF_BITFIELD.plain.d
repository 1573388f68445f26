struct s { int a : 3; };
BEGIN { offsetof(struct s, a); }
