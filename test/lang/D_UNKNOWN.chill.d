BEGIN { chill(500000000); }
