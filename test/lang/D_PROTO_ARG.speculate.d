BEGIN { speculate("1"); }
