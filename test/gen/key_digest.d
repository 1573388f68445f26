/* A key found by a digest: strings of any length in front of the words. */
#pragma D option strsize=40
BEGIN { @a[copyinstr(arg0), arg1, execname] = sum(arg2); }
