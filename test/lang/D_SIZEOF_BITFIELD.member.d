struct s { int a; int b:3; };
BEGIN { trace(sizeof (((struct s *)arg0)->b)); }
