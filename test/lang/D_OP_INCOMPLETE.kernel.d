/* lang_tool -x btfpath=test/fuzz/corpus/fuzz_btf */
BEGIN { trace(((struct node *)arg0)->secret->x); }
