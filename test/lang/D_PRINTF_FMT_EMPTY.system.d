BEGIN { freopen(""); system(""); }
