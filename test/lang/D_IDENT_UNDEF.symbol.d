BEGIN { trace(vmlinux`other); }
