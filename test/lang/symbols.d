typedef int function_t(int);
BEGIN
{
	trace(vmlinux`counter);
	trace(&`counter);
	trace(&`untyped);
	trace(`percpu + 1);
	trace(&`percpu);
	trace(`function == &`function);
	trace(sizeof (`counter));
}
