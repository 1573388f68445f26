struct s { char a[1 << 28]; char b; };
