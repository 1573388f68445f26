/* speculate() ends the clause when its speculation is not in use; the word says which use it is. */
BEGIN { x = speculation(); }
BEGIN { speculate(x); trace(arg0); }
BEGIN { commit(x); }
