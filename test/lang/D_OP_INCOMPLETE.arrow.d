struct unknown;
BEGIN { trace(((struct unknown *)arg0)->x); }
