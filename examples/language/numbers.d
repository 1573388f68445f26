#!/usr/sbin/dtrace -qs
/*
 * Arguments of a script: $1 is a number, $$2 is a text; without them, they are 0 and "".
 *
 *     dtrace -qs numbers.d 255 hello
 */

#pragma D option defaultargs

BEGIN
{
	printf("%d is %x in hexadecimal and %o in octal; %s has %d characters\n", $1, $1, $1, $$2,
	    strlen($$2));
	exit(0);
}
