typed:::x { trace(args[pid]); }
