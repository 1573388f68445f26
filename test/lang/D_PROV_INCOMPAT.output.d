provider sample { probe a(int); };
provider sample { probe a(int) : (int); };
