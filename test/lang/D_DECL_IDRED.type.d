int x;
string x;
BEGIN { x = 1; }
