/* Typed arguments are of the type that the probes have; two descriptions, two clauses. */
typed:::x, typed:::other
/args[0] > 0/
{
	trace(args[0]);
	printf("%s", stringof(args[1]));
}
