/* Stacks and symbols are actions, values to print, and keys. */
BEGIN
{
	stack();
	ustack(5, 100);
	printf("%k %k %a %A %A", stack(2), ustack(), sym(caller), ucaller, uaddr(ucaller));
	@[stack(2), ustack(3), usym(ucaller), mod(caller)] = count();
	trace(stackdepth + ustackdepth);
}
