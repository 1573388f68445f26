BEGIN { trace((char *)arg0 - (int *)arg0); }
