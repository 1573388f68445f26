BEGIN { trace(arg0 ? alloca(8) : (void *)arg1); }
