/* Functions, keys of one type, constants of lquantize(), actions on aggregations. */
BEGIN
{
	@ = count();
	@a[pid, execname] = sum(arg0);
	@a[1, "x"] = sum(1);
	@m = min(-1);
	@n = max(arg1 > 0);
	@v["k"] = avg(timestamp);
	@q = quantize(arg0, 2);
	@l = lquantize(arg0, -10, 10 * 10, 5);
	@l = lquantize(arg0, -10, 100, 5, pid);
	@b["k"] = count();
}
END
{
	normalize(@a, 1000);
	denormalize(@a);
	trunc(@a, 5);
	trunc(@a);
	clear(@q);
	printa(@a);
	printa("%d %s %@d\n", @a);
	printa("%s %@u %@d %@d %%\n", @v, @b);
	printa("%@d\n", @q);
	printa(@v, @b);
}
