BEGIN { @x = sum(); }
