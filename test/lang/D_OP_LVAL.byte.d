BEGIN { s = "abc"; s[1] = 66; }
