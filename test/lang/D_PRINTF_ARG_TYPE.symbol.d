BEGIN { printf("%k", usym(0)); }
