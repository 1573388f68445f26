/* lang_tool -d parse */
/* Half of the script in test/python/post_script.d */
self int indent;
self int importing;

python$target:::import-find-load-start
{
	self->importing++;
}

python$target:::function-entry
/ self->importing == 0/
{
	printf("%d\t%*s: ", timestamp, 15, probename);
	printf("%*s", self->indent, "");
	printf("%s:%s:%d\n", stringof(arg0), stringof(arg1), arg2);
	self->indent++;
}
