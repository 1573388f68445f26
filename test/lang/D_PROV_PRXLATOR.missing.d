provider sample { probe a(int fd) : (int fd, int pid); };
