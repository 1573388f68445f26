BEGIN { p = (char *)arg0; p = NULL; p = (char *)alloca(8) + 1; }
