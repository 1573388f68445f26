#error some text
BEGIN { }
