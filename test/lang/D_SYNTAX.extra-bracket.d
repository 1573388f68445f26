BEGIN { a]; }
