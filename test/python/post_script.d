#!/usr/sbin/dtrace -qs
self int indent;
self int importing;
python$target:::import-find-load-start
{
self->importing++;
}
python$target:::import-find-load-done
{
self->importing--;
}
python$target:::function-entry
/ self->importing == 0/
{
printf("%d\t%*s: ", timestamp, 15, probename);
printf("%*s", self->indent, "");
printf("%s:%s:%d\n", stringof(arg0), stringof(arg1), arg2);
self->indent++;
}
python$target:::function-return
/ self->importing == 0/
{
self->indent--;
printf("%d\t%*s: ", timestamp, 15, probename);
printf("%*s", self->indent, "");
printf("%s:%s:%d\n", stringof(arg0), stringof(arg1), arg2);
}
