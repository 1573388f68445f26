BEGIN { copyinto(arg0, 8, (void *)arg1); }
