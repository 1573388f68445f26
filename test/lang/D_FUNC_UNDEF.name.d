BEGIN { foo(); }
