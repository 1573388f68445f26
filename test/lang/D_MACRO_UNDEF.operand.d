BEGIN { $1; }
