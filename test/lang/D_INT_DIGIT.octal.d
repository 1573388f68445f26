BEGIN { 08; }
