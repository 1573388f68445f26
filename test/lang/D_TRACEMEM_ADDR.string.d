BEGIN { s = "a"; tracemem(s, 4); }
