/* lang_tool -d parse */
/* One statement for each pair of neighbouring levels, and for each associativity. */
BEGIN
{
	a, b = c;
	a = b = c ? d : e;
	a ? b : c ? d : e;
	a || b ^^ c;
	a ^^ b && c;
	a && b | c;
	a | b ^ c;
	a ^ b & c;
	a & b == c;
	a == b < c;
	a < b << c;
	a << b + c;
	a + b * c;
	a - b - c;
	a / b % c;
	a * (int)b;
	(int)-b++;
	-~!+a;
	*&a->b.c[d];
	--a.b;
	sizeof a->b;
	stringof a.b == c;
	(a, b) * c;
	a += b -= c *= d /= e %= f &= g ^= h |= i <<= j >>= k;
}
