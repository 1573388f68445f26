typed:::x { args[0] = 1; }
