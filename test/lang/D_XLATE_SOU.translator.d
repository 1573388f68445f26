translator int < int n > { a = n; };
BEGIN { }
