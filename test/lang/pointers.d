/* Pointers count in elements. */
BEGIN
{
	p = (int *)arg0;
	p = NULL;
	p += 2;
	p++;
	trace(p + 1);
	trace(2 + p);
	trace(p - 1);
	trace(p - (int *)arg1);
	trace((char *)arg0 - (char *)arg1);
	trace(p == NULL);
	trace(p != (void *)arg1);
	trace(!p && p);
	trace((int64_t)p);
}
