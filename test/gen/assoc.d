/* One lookup for an assignment that reads; in place where there is an element. */
BEGIN { a[arg0] += 2; a[1] = 0; }
