/* Arguments keep their types; widths may come from arguments. */
BEGIN
{
	printf("%% none\n");
	printf("%d %i %u %o %x %X", pid, (char)1, (short)2, arg0, timestamp, 1ULL);
	printf("%*d|%-*.*s|%.3s", 5, pid, 10, 3, "abc", execname);
	printf("%c %C %s %S %p", 'a', 98, "lit", probename, (char *)arg0);
	printf("%ld %lld %hd", arg0, 1LL, (short)1);
	printf("%Y %T", walltimestamp, walltimestamp);
	trace("lit");
	trace((char)1);
	exit((char)1);
}
