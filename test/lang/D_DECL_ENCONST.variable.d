enum { A = x };
