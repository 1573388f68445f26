string struct s x;
