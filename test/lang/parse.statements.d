/* lang_tool -d parse */
BEGIN {}
BEGIN { ; }
BEGIN { trace(1); ; trace(2) };
END
{
	@ = count();
	@a = sum(x);
	@a[1, "x"] = max(y);
	@b[execname][2];
	(@a = count());
	@a += count();
	printa("%@d", @a);
	self->x["k"] = this->y;
	args[0]->m;
}
