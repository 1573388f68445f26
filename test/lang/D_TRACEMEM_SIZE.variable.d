BEGIN { x = 3; tracemem(arg0, x); }
