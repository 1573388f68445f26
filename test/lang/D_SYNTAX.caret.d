/* lang_tool -x caret */
BEGIN
{
	x = "é" 2;
}
