#!/bin/sh
# -x agghist, aggpack and aggzoom: a line for each tuple, bars relative to the largest.
. test/e2e/lib.sh

# Blanks at the ends of lines are not what this is about.
run_table() {
	run -q "$@"
	sed -i 's/ *$//' "$tmp/out"
}
program='BEGIN { @a["sh", 1] = sum(4); @a["zsh", 2] = sum(12); exit(0); }'
run_table -x agghist -n "$program"
expect out <<'END'


             key  ------------- Distribution ------------- count
            sh 1 |@@@@@@@@@@                               4
           zsh 2 |@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@           12
END
run_table -x agghist -x aggzoom -n "$program"
expect_like out '^            sh 1 \|@{13} +4$' '^           zsh 2 \|@{40} 12$'
run_table -x agghist -n 'BEGIN { @["a"] = sum(1); @["b"] = sum(-3); normalize(@, 1); exit(0); }'
expect_like out '^               b      @{15}\| +-3$' '^               a +\|@{5} +1$'

# Without keys, or in a printa() with a format, nothing is different.
run_table -x agghist -x aggpack -n 'BEGIN { @ = sum(1); @b[1] = sum(2); printa("%d %@d\n", @b); exit(0); }'
expect out <<'END'
1 2

                1
END

program='BEGIN { @["r"] = quantize(7); @["r"] = quantize(20); @["r"] = quantize(22);
    @["w"] = quantize(2000); @["w"] = quantize(7, -1); @["a longer key than that"] = quantize(64); exit(0); }'
run_table -x aggpack -n "$program"
expect out <<'END'


                   key min .-----------. max  | count
                     r   2 : x x       : 2048 | 3
a longer key than that   2 :     X     : 2048 | 1
                     w   2 : v       x : 2048 | 0
END
run_table -x aggpack -x aggzoom -n "$program"
expect_like out '^ +r   2 : x X       : 2048 \| 3$'
run_table -x aggzoom -n 'BEGIN { @ = lquantize(1, 0, 3); @ = lquantize(2, 0, 3); @ = lquantize(2, 0, 3); exit(0); }'
expect_like out '^ +1 \|@{20} +1$' '^ +2 \|@{40} 2$'
