/* Strings are read where they are sent from; what the consumer knows takes no room. */
BEGIN { printf("%s %s %d %d", stringof(arg0), probename, (short)arg1, 42); }
