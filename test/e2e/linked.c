/* linked: an object with a probe, mapped by the dynamic linker before main(): fires it 3 times. */
void plug_fire(const char *text, int n);

int
main(void)
{
	for (int i = 1; i <= 3; i++)
		plug_fire("linked", i);
	return 0;
}
