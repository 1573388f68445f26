BEGIN { trace(x); }
END { x = 1; }
