provider sample { probe a(int); probe b(int); };
provider sample { probe a(int); };
