struct s { int a; char name[4]; };
struct s v;
BEGIN { v.name = "abc"; }
