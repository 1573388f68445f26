BEGIN { @[stack(2)] = count(); @[ustack(2)] = count(); }
