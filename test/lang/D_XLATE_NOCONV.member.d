struct out { int a; string b; };
translator struct out < int n > { a = n; };
BEGIN { trace(xlate <struct out>(pid).b); }
