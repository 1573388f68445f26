struct out { int a; };
translator struct out < int n > { z = n; };
BEGIN { }
