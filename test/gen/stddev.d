/* The square has 128 bits, whose halves are added with the carry. */
BEGIN { @ = stddev(arg0); }
