/* A division that may fault, an ERROR clause with its arguments. */
BEGIN { x = arg0 / arg1; }
ERROR { code = arg4; }
