struct unknown;
BEGIN { print((struct unknown *)arg0); }
