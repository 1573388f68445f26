/* The body makes what the predicate uses; and the other way round. */
BEGIN
/a == 1/
{
	a = 1;
}
END
/(b = pid) != 0/
{
	trace(b);
}
