BEGIN { speculate(1); system("echo"); }
