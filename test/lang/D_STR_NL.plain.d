BEGIN { "a
"; }
