/* Promotions, usual conversions, what an assignment converts to. */
char c;
unsigned char uc;
short s;
unsigned int u;
long l;
unsigned long ul;
BEGIN
{
	trace(c + uc);
	trace(c << l);
	trace(u + s);
	trace(u + l);
	trace(ul > s);
	trace(-uc);
	trace(~u);
	trace(c ? u : l);
	c = l;
	l = u;
	c += ul;
	u <<= l;
	l++;
	--uc;
	trace((char)300);
	trace((unsigned char)-1 >> 1);
	trace(-1 < 1u);
	trace(7 / 2 * 2 == 6 && u);
	trace(0 || u);
	trace(1 ? u : s);
	trace(sizeof (l) + sizeof (string) + sizeof ("abc") + sizeof (c + 1));
}
