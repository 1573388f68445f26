BEGIN { trace(vmlinux`untyped); }
