BEGIN { (void)pid; }
