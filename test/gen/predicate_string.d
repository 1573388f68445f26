/* A comparison with a constant: the length, then words of its bytes. */
BEGIN /stringof(arg1) == "function"/ { x = 1; }
