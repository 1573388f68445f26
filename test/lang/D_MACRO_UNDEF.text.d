BEGIN { $$2; }
