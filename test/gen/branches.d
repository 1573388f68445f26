/* Actions inside of an if: a byte each branch, and no record when none was reached. */
BEGIN
{
	if (arg0 > 1)
		trace(arg0);
	else if (arg0 == 0)
		exit(2);
}
