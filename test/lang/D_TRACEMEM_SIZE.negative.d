BEGIN { tracemem(arg0, -4); }
