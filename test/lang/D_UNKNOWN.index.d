BEGIN { s = "abc"; trace(s[1]); }
