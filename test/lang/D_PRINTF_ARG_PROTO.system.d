BEGIN { system("kill %d"); }
