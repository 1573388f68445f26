BEGIN { offsetof(int, a); }
