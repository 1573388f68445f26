/* Routines find a range, a helper copies it; the scan is cut into parts. */
#pragma D option strsize=2048
BEGIN { s = basename(stringof(arg0)); }
