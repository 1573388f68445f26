BEGIN { printf("%d %y", 1, 2); }
