BEGIN
/pid == "sh"/
{ exit(0); }
