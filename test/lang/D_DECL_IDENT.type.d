int uint99_t x;
BEGIN { }
