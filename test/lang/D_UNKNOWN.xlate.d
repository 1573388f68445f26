struct out { int a; string b; };
translator struct out < int n > { a = n; };
BEGIN { x = xlate <struct out>(pid); }
