provider sample { probe a; };
