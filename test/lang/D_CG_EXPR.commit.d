BEGIN { x = commit(1); }
