BEGIN { print((void *)arg0); }
