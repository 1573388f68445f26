provider sample { probe a(int fd) : (char *path); };
