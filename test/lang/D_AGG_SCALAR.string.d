BEGIN { @a = max(execname); }
