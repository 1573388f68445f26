#!/usr/sbin/dtrace -qs
/*
 * All aggregating functions over the same thousand numbers.
 *
 *     dtrace -qs aggregations.d
 */

tick-5000hz
/ n < 1000 /
{
	n++;
	@number = count();
	@total = sum(n);
	@smallest = min(n);
	@largest = max(n);
	@average = avg(n);
	@deviation = stddev(n);
	@powers = quantize(n);
	@hundreds = lquantize(n, 0, 1000, 100);
	@decades = llquantize(n, 10, 0, 3, 10);
}

tick-5000hz
/ n == 1000 /
{
	exit(0);
}

END
{
	printa("%@d numbers, sum %@d, from %@d to %@d, average %@d, deviation %@d\n", @number, @total,
	    @smallest, @largest, @average, @deviation);
	printa("powers of two%@d\n", @powers);
	printa("hundreds%@d\n", @hundreds);
	printa("tenths of decades%@d\n", @decades);
}
