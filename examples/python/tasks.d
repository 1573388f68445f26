#!/usr/sbin/dtrace -qs
/*
 * Which coroutines an asyncio loop runs, and for how long without giving the others a turn, in
 * microseconds.  The loop calls Handle._run() of asyncio/events.py for whatever is due; what that
 * enters first is the task's.
 *
 *     dtrace -qs tasks.d -p PID
 */

self uint64_t turn;
self string name;

python$target:::function-entry
/ self->turn != 0 && self->name == "" /
{
	self->name = strjoin(stringof(arg1), strjoin(" ", stringof(arg0)));
}

python$target:::function-entry
/ stringof(arg1) == "_run" && basename(stringof(arg0)) == "events.py" /
{
	self->turn = timestamp;
	self->name = "";
}

python$target:::function-return
/ self->turn != 0 && stringof(arg1) == "_run" && basename(stringof(arg0)) == "events.py" /
{
	@turns[self->name] = count();
	@us[self->name] = max((timestamp - self->turn) / 1000);
	self->turn = 0;
	self->name = "";
}

END
{
	printf("%-60s %8s %12s\n", "COROUTINE", "TURNS", "LONGEST us");
	printa("%-60s %@8d %@12d\n", @turns, @us);
}
