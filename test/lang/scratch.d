/* Scratch memory, pointers and bytes of strings. */
BEGIN {
	p = (int *)alloca(16);
	p[2] = 5;
	*(p + 1) += p[2]--;
	bcopy("abc", p, 4);
	q = p == NULL ? p : p + 1;
	s = stringof((char *)p);
	trace(s[arg0] + "xyz"[1]);
	trace(**(char **)arg1);
	trace(args[1][3]);
	trace(strtok(NULL, ","));
}
