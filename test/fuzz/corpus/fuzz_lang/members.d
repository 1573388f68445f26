struct in { int a:3; unsigned b:7; char name[12]; long v[4][2]; };
struct s { char c; struct in in; struct s *next; union { short x; char y[2]; } u; };
struct s v;
struct s e[int];
int i;
BEGIN
{
	this->p = (struct s *)arg0;
	trace(this->p->c);
	trace(this->p->next->next->in.b);
	trace((*this->p).in.v[1][i]);
	trace(&this->p->in.v[1]);
	trace(this->p->u.y + 1);
	trace(this->p->in.name == "x");
	trace(stringof(this->p->in.name));
	v.in.v[i][1] = e[3].in.a;
	v.u.x++;
	e[3] = *this->p;
	this->q = (struct s *)alloca(sizeof(struct s));
	this->q->in.a = -1;
	*this->q = v;
}
