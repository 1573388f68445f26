struct s { int a; };
BEGIN { offsetof(struct s, b); }
