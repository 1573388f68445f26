struct s { int a; int b:3; };
BEGIN { ((struct s *)arg0)->b = 1; }
