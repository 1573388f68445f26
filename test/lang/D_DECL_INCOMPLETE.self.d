struct s { struct s a; };
