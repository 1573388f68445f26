/* Stacks and symbols are actions, values of variables, to print, and keys. */
BEGIN
{
	stack();
	ustack(5, 100);
	printf("%k %k %a %A %A", stack(2), ustack(), sym(caller), ucaller, uaddr(ucaller));
	@[stack(2), ustack(3), usym(ucaller), mod(caller)] = count();
	trace(stackdepth + ustackdepth);
	self->s = ustack(3);
	a[pid] = x = stack(2);
	printf("%k %k", self->s, a[pid]);
	@b[self->s, x] = sum(1);
	self->s = 0;
}
