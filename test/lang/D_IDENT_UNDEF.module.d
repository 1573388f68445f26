BEGIN { trace(none`x); }
