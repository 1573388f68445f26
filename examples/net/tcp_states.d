#!/usr/sbin/dtrace -qs
/*
 * The life of TCP connections: each change of state, with ports and the time spent in the old one.
 *
 *     dtrace -qs tcp_states.d
 */

string state[int];
uint64_t changed[uint64_t];

BEGIN
{
	state[1] = "ESTABLISHED";
	state[2] = "SYN_SENT";
	state[3] = "SYN_RECV";
	state[4] = "FIN_WAIT1";
	state[5] = "FIN_WAIT2";
	state[6] = "TIME_WAIT";
	state[7] = "CLOSE";
	state[8] = "CLOSE_WAIT";
	state[9] = "LAST_ACK";
	state[10] = "LISTEN";
	state[11] = "CLOSING";
	state[12] = "NEW_SYN_RECV";
	printf("%7s %7s %-12s %-12s %10s\n", "LOCAL", "REMOTE", "FROM", "TO", "AFTER us");
}

sdt:sock::inet_sock_set_state
/ args[6] == 6 /
{
	this->since = changed[(uint64_t)args[0]];
	printf("%7d %7d %-12s %-12s %10d\n", args[3], args[4], state[args[1]], state[args[2]],
	    this->since ? (timestamp - this->since) / 1000 : 0);
	changed[(uint64_t)args[0]] = timestamp;
}
