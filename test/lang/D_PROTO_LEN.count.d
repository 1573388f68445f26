BEGIN { @x = count(1); }
