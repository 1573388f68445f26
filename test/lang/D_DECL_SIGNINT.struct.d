struct s { int i; };
unsigned struct s x;
