/* lang_tool -d parse */
a:b:c:d, b:c:d,
c:d, d
/x/
{
	y;
}
::: { }
:: { }
foo*:[!a]?\*:: { }
return { }
tick-1sec /* comment */ { } // another
42 { }
profile-97hz
/a / b > 2 / 1/
{ }
BEGIN /(a)/ { } END /**/ /b[1] / 2/ /* ; */ { }
