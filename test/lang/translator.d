/* Translators: a member's value takes the place of the member. */
struct in { int pid; };
typedef struct out { long o_pid; char o_name[16]; string o_text; int o_none; } out_t;
translator out_t < struct in *I > {
	o_pid = (int)I != 0;
	o_name = execname;
	o_text = probename;
};
translator out_t < int n > {
	o_pid = n + 1;
};
inline out_t *cur = xlate <out_t *>((struct in *)arg0);

BEGIN
{
	trace(xlate <out_t>((struct in *)arg1).o_pid);
	trace(cur->o_name);
	trace(stringof(cur->o_text));
	trace(xlate <out_t *>(args[0])->o_pid);
}
