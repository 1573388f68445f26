BEGIN { @x[trace(1)] = count(); }
