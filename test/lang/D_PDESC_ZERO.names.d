BEGIN { }
none:::x { }
