/* Order of strings: a routine. */
BEGIN /stringof(arg0) < execname/ { x = 1; }
