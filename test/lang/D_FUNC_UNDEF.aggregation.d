BEGIN { @a = foo(); }
