BEGIN { @x[1, 2] = count(); @x[1] = count(); }
