provider a { probe b`c(); };
