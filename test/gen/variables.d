/* Globals by address, self-> by the thread's value, this-> in the state, zeroed at the start. */
BEGIN { self->a += arg0; this->b = self->a; c = this->b++; }
