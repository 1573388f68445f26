/* lang_tool -x amin=Private/Private/Unknown */
#pragma D attributes evolving/Stable/common x
#pragma D binding "1.6.4" x
#pragma D attributes Stable/Stable/Common provider some args
enum e { ONE = 1, TWO };
enum e v;
inline int x = 1;

BEGIN
{
	trace(x);
	trace(v != TWO);
}
