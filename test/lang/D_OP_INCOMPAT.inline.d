inline int x = "text";
BEGIN { }
