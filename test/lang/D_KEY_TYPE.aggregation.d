BEGIN { @x = count(); y[@x] = 1; }
