/* Conditions are scalar; statements of all branches are in the order of the text. */
BEGIN
{
	if (pid)
		x = 1;
	else if (x == 2) {
		@c = count();
		trace(x);
	} else
		exit(1);
}
