enum e { A, B };
BEGIN { B = 1; }
