BEGIN { trace((char *)arg0 == 5); }
