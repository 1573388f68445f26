provider sample2 { probe a(); };
