BEGIN { bcopy((void *)arg0, (void *)arg1, 8); }
