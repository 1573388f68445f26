BEGIN { trace((enum unknown)1); }
