BEGIN { if (x = 1) trace(1); else y = 1; commit(1); }
