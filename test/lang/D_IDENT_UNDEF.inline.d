inline int x = y;
inline int y = 1;
BEGIN { }
