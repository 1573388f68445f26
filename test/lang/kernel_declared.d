/* lang_tool -x btfpath=test/fuzz/corpus/fuzz_btf */
struct node { int mine; };
typedef char kmode_t;
enum { RED = 7 };
BEGIN { trace(((struct node *)arg0)->mine); trace(sizeof (kmode_t)); trace(RED); }
