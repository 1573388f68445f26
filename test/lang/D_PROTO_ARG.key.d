BEGIN { x["a"] = 1; x[1] = 1; }
