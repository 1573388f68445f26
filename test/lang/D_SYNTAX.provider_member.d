provider sample { int a; };
