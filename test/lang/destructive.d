/* Only checked here: whether it is allowed is known when tracing starts. */
BEGIN
{
	raise(9); stop(); ftruncate(); freopen("%s.out", execname); freopen("");
	system("kill %d", pid); setopt("quiet"); setopt("quiet", "no");
	tracemem(arg0, 8); tracemem(arg0, sizeof (int) * 4, arg1);
}
