provider sample { probe a(int) };
