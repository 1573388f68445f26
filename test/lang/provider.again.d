/* The same definition again adds nothing. */
provider sample { probe a(int, foo *); };
provider sample { probe a(int, foo *); };
