/* lang_tool -d parse */
BEGIN
{
	0; 2147483647; 2147483648; 9223372036854775807;
	017; 0x7fffffff; 0xffffffff; 0x100000000; 0xffffffffffffffff; 037777777777;
	1u; 1U; 4294967296u; 1l; 1ul; 1LL; 1ull; 0xFul;
	'a'; 'ab'; '\n'; '\''; '\0'; '\x41'; '\101'; 'abcdefgh';
}
