struct out { int a; };
translator struct out < int n > { a = n; a = 2; };
BEGIN { }
