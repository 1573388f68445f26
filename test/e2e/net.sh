#!/bin/sh
# The providers ip, tcp and udp: packets and states of one program's connections on the loopback.
. test/e2e/lib.sh
run -q -c "/usr/bin/python3 test/e2e/net.py" -n '
tcp:::connect-request / pid == $target / { printf("%s %s %d %d\n", probename, args[3]->tcps_raddr, args[3]->tcps_rport, args[3]->tcps_state); }
tcp:::connect-established { printf("%s %s %d\n", probename, args[3]->tcps_laddr, args[3]->tcps_rport); }
tcp:::accept-established { printf("%s %s %d\n", probename, args[3]->tcps_raddr, args[3]->tcps_lport); }
tcp:::connect-refused { printf("%s %d\n", probename, args[3]->tcps_rport); }
tcp:::accept-refused { printf("%s %d\n", probename, args[4]->tcp_dport); }
tcp:::state-change { printf("%s %d to %d port %d\n", probename, args[5]->tcps_state, args[3]->tcps_state, args[3]->tcps_rport); }
tcp:::send, tcp:::receive / args[2]->ip_plength > args[4]->tcp_offset / { printf("%s %d bytes from %d to %d %s\n", probename, args[2]->ip_plength - args[4]->tcp_offset, args[4]->tcp_sport, args[4]->tcp_dport, args[4]->tcp_flags & TH_PSH ? "pushed" : ""); }
udp:::send, udp:::receive { printf("%s udp %d %s\n", probename, args[4]->udp_length, args[2]->ip_daddr); }
ip:::send, ip:::receive / args[2]->ip_ver == 4 && args[4]->ipv4_protocol == IPPROTO_UDP / { printf("%s ip %s %s %s %d\n", probename, args[4]->ipv4_protostr, args[2]->ip_saddr, args[3]->if_name, args[4]->ipv4_length); }'
expect_status 0
port=$(sed -n 's/^port //p' "$tmp/out")
[ -n "$port" ] || fail "the program did not run"
seen() {
	grep -qE "^$1\$" "$tmp/out" || fail "not seen: $1"
}
seen "connect-request 127.0.0.1 $port 2"
seen "connect-established 127.0.0.1 $port"
seen "accept-established 127.0.0.1 $port"
seen "connect-refused $port"
# The kernel tells of resets without a socket since it gives a reason for them.
! grep -q sk_rst_reason /sys/kernel/tracing/events/tcp/tcp_send_reset/format || seen "accept-refused $port"
seen "state-change 7 to 2 port $port"
seen "state-change 2 to 1 port $port"
seen "send 5 bytes from [0-9]+ to $port pushed"
seen "receive 5 bytes from [0-9]+ to $port pushed"
seen "send 10 bytes from $port to [0-9]+ pushed"
seen "send udp 16 127.0.0.1"
seen "receive udp 16 127.0.0.1"
seen "send ip UDP 127.0.0.1 lo 36"
seen "receive ip UDP 127.0.0.1 lo 36"
[ ! -e /proc/net/if_inet6 ] || ! grep -q ' lo$' /proc/net/if_inet6 || {
	seen "send udp 17 ::1"
	seen "receive udp 17 ::1"
}
