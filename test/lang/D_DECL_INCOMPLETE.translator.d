translator struct out < int n > { a = n; };
BEGIN { }
