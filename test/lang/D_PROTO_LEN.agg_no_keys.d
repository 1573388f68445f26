BEGIN { @x[1, 2] = count(); @x = count(); }
