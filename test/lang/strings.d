/* Strings compare and are copied by content; addresses are read where a string is wanted. */
BEGIN
/execname == "sh" || stringof(arg0) < execname || (char *)arg0 == "x" || execname != NULL/
{
	s = "abc";
	this->t = copyinstr(arg0);
	self->u = pid ? "a" : execname;
	trace(strlen(s) + strlen("abc") + strlen((char *)arg1));
	trace(strjoin(basename(s), dirname(self->u)));
	trace(substr(s, pid, 2));
	trace((string)arg0);
	trace(stringof(s));
	trace(pid ? "a" : "b");
	trace(pid ? (char *)arg0 : (char *)arg1);
	x["k", s] = stringof("lit");
	trace(pid ? NULL : s);
}
