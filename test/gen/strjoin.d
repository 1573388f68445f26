/* The second string is read over the end of the first. */
#pragma D option strsize=32
BEGIN { s = strjoin(stringof(arg0), "/"); }
