/* lang_tool -d parse */
BEGIN
{
	""; "a\tb"; "\"\\"; "\q\'"; "\101\1012"; "\x41g"; "\x"; "a\0b"; "// not /* a comment";
}
