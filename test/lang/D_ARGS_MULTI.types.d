typed:::multi { trace(args[0]); }
