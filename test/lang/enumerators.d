enum color { RED, GREEN = 5, BLUE };
enum color c;
BEGIN
/c == GREEN || BLUE == 6/
{
	c = BLUE;
	trace(c + 1);
}
