struct out { int a; string b; };
translator struct out < int n > { a = n; };
translator struct out < int other > { a = other; };
BEGIN { }
