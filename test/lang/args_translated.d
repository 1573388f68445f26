/* An argument that its probe says to translate. */
struct out { int a; };
translator struct out < int n > { a = n * 2; };
a:b:c:translated { trace(args[0]->a); }
