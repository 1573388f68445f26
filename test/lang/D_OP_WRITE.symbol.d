BEGIN { vmlinux`counter = 1; }
