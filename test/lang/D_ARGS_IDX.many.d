typed:::x { trace(args[2]); }
