/* Declarations of functions say nothing that D needs. */
int f(int, char *), x;
extern void (*signal(int, void (*)(int)))(int);
BEGIN { x = 1; }
