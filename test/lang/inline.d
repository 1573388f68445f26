/* Inlines: a copy of the value, converted to the type, takes the place of the name. */
inline int SIZE = 4 * 2;
inline uint8_t SMALL = 257;
inline string NAME = "name";
inline string word[int x, string other] = x == 1 ? "one" : other;
inline int twice[int x] = x * 2;
inline int now = timestamp / 1000;
struct s { char a[SIZE]; };

BEGIN
/SIZE > 7/
{
	trace(SMALL + sizeof(struct s));
	trace(NAME);
	trace(word[1, NAME]);
	trace(twice[twice[pid]]);
	trace(now);
	@[NAME] = quantize(SIZE);
	self->x = twice[3];
}
