BEGIN { s = "abc"; trace(s["x"]); }
