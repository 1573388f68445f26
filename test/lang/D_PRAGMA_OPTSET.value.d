#pragma D option strsize=x
BEGIN { }
