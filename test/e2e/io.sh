#!/bin/sh
# io: what a program's fsync() makes a disk do, with the translated arguments.
. test/e2e/lib.sh
disk=$(findmnt -n -o SOURCE -T /tmp)
case $disk in
/dev/*) ;;
*) skip "/tmp is on $disk, which is no disk" ;;
esac
run -q -c "$B/e2e/errand" -n '
io:::start { started[args[0]->b_edev, args[0]->b_blkno] = timestamp;
	@starts[args[1]->dev_statname] = count(); @bytes = sum(args[0]->b_bcount); }
io:::done / started[args[0]->b_edev, args[0]->b_blkno] / { @times = quantize(timestamp -
	started[args[0]->b_edev, args[0]->b_blkno]); @dones[args[1]->dev_statname] = count(); }
END { printa("start %s %@d\n", @starts); printa("done %s %@d\n", @dones); printa("bytes %@d\n", @bytes); }'
expect_status 0
[ -z "$(cat "$tmp/err")" ] || fail "it complains"
disk=$(basename "$(readlink -f "$disk")" | sed 's/p\?[0-9]*$//')
expect_like out "^start $disk[p0-9]* [1-9]" "^done $disk[p0-9]* [1-9]" '^bytes [1-9][0-9]{3,}$'
