static self int x;
