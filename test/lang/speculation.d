/* What may stand together: data after discard(), other branches. */
BEGIN { @ = count(); }
BEGIN { self->id = speculation(); }
BEGIN { speculate(self->id); printf("x"); trace(1); clear(@); }
BEGIN { trace(1); discard(self->id); trace(2); raise(9); }
BEGIN { commit(self->id); commit(2); discard(3); raise(9); }
BEGIN { if (arg0) { speculate(1); trace(2); } else { commit(1); } }
BEGIN { if (arg0) { trace(2); } else { speculate(1); trace(3); } }
