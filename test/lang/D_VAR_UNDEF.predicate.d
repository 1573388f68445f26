BEGIN
/self->x/
{ exit(0); }
