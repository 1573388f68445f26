BEGIN { p = alloca(8); p = (void *)arg0; }
