BEGIN { trace(alloca(257)); }
