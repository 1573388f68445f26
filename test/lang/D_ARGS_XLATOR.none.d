struct out { int a; };
translator struct out < string s > { a = 1; };
a:b:c:translated { trace(args[0]->a); }
