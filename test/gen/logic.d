/* Conditions are jumps; a value is made of them only where one is wanted. */
BEGIN /arg0 && (arg1 || !arg2)/ { x = arg0 < 3; y = arg0 ? arg1 : arg2; }
