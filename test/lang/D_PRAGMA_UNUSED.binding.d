#pragma D binding "1.0" y
inline int x = 1;
BEGIN { trace(pid); }
