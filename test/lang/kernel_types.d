/* lang_tool -x btfpath=test/fuzz/corpus/fuzz_btf */
struct node *n;
kmode_t mode;
BEGIN
{
	n = (struct node *)arg0;
	trace(n->next->high);
	trace(n->i + n->text[1]);
	mode = n->mode;
	trace(n->color == RED);
	trace(((kmode_t *)arg1)[1]);
	trace(sizeof (struct vmlinux`node));
	trace(offsetof(struct node, text));
	trace(n->call == 0);
	trace(HUGE);
	trace(sizeof (kmode_t));
	x = *n;
	trace((enum color)1);
}
