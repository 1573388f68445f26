BEGIN { a + b = 3; }
