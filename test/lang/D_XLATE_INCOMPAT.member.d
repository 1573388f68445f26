struct out { int a; };
translator struct out < int n > { a = execname; };
BEGIN { }
