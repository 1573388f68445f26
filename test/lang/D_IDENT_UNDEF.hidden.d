BEGIN { trace(`hidden); }
