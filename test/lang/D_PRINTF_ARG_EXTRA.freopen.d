BEGIN { freopen("", 1); }
