BEGIN { speculate(1); trace(1); copyoutstr("x", arg0, 2); }
