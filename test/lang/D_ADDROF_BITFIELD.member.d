struct s { int a; int b:3; };
BEGIN { trace(&((struct s *)arg0)->b); }
