#pragma D binding "one" x
inline int x = 1;
BEGIN { trace(pid); }
