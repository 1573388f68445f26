/* Two lines that mean a tree of a billion nodes. */
inline int a[int n] = n + n + n + n + n + n + n + n;
inline int b[int n] = a[a[a[n]]];
BEGIN { trace(b[b[b[pid]]]); }
