/* A key: the CPU, a string with zeros behind it, an integer. */
#pragma D option strsize=16
BEGIN { @a[execname, arg0] = sum(arg1); }
