/* First assignments, declarations, and what ++ and op= create. */
int g;
int g;
self string s;
string names[int, string];
BEGIN
{
	g = 1;
	self->s = "a";
	names[1, "b"] = "c";
	n++;
	this->m += 2;
	counts[pid]++;
	self->depth[tid, execname] -= 1;
	mine = (this->last = timestamp);
	trace(arg0 + arg9);
}
