/* Parts of variables and of elements; an index is bounded, an element made when it is written. */
struct s { int a:3; unsigned b:5; short v[4][2]; };
struct s g;
struct s e[int];
int i;
BEGIN
{
	g.v[i][1] = g.v[2][0] + 1;
	g.b = 9;
	e[1].v[0][0]++;
	e[2] = g;
	e[3] = 0;
}
