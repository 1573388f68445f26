struct s { struct { int a; }; };
