/* A literal 0 frees what self-> and elements hold; a computed one is stored. */
BEGIN
{
	x = 0;
	self->x = 1;
	self->x = 0;
	self->x = 1 - 1;
	a["k"] = "v";
	a["k"] = 0;
	self->b[1] = 2;
	self->b[1] = NULL;
	s = "v";
	s = NULL;
}
