/* lang_tool -d parse */
/* Keywords are names after . and ->; backticks join names. */
BEGIN
{
	a->string.self->this;
	self->while;
	vmlinux`jiffies;
	`jiffies;
	9p`sym;
	_x1;
}
