/* lang_tool -x btfpath=test/fuzz/corpus/fuzz_btf */
struct other *p;
BEGIN { p = ((struct node *)arg0)->next; }
