#pragma error some text
BEGIN { }
