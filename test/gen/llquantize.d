/* Each magnitude has its own step; what is negative goes to the other side of zero. */
BEGIN { @ = llquantize(arg0, 10, 1, 3, 5); }
