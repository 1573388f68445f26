#!/usr/sbin/dtrace -s
/*
 * What a command asks of the kernel, call by call: entries and returns indented, and between them
 * what the scheduler does meanwhile.
 *
 *     dtrace -s flow.d -c 'sleep 0.1'
 */

#pragma D option flowindent

syscall:::entry
/ pid == $target /
{
}

syscall:::return
/ pid == $target /
{
	trace(arg1);
}

sdt:sched::sched_switch
/ pid == $target /
{
	trace(stringof(args[4]));
}
