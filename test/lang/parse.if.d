/* lang_tool -d parse */
BEGIN
{
	if (a) b;
	if (a) { b; c } else { }
	if (a)
		b = 1;
	else if (c) {
		d = 2;
		if (e) f; else g;
	} else
		h
}
