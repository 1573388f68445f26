self int x[int];
self int x[string];
BEGIN { exit(0); }
