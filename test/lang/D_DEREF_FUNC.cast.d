BEGIN { trace(*(int (*)(void))arg0); }
