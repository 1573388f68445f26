provider types {
	probe narrow(char, signed char, unsigned char, short, unsigned short, bool);
	probe wide(int, unsigned, long, unsigned long, long long, unsigned long long);
	probe pointers(const char *, char *name, void *, my_struct *, char **, my_enum);
	probe many(int, int, int, int, int, int, int, int, int, int, int, int);
	probe volatiles(volatile int, const short);
	probe real(double);
	probe free();
};
