BEGIN { p = (char *)arg0; *p = 1; }
