struct s { string a : 1; };
