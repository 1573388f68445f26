typed:::x { trace(args[0, 1]); }
