BEGIN { trace((char *)alloca(8) - (char *)arg1); }
