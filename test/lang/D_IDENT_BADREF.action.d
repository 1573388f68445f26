BEGIN { x = printf; }
