BEGIN { @x["a"] = count(); @x[pid] = count(); }
