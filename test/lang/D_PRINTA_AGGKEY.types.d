BEGIN { @a[1] = count(); @b["b"] = count(); printa(@a, @b); }
