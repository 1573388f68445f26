provider a`b { };
