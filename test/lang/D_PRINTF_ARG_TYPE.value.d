BEGIN { @a[execname] = count(); printa("%s %@s", @a); }
