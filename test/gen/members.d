/* Members in memory: addresses are computed, bit-fields cut out, arrays of characters are strings. */
struct in { int a:3; unsigned b:5; char name[12]; };
struct s { char c; struct in in[3]; struct s *next; };
BEGIN
{
	this->p = (struct s *)arg0;
	x = this->p->next->in[1].b;
	y = this->p->in[x].name == "x";
	trace(*this->p);
}
