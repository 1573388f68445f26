BEGIN { printf("%d %hd", 1, pid); }
