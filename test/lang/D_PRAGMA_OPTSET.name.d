#pragma D option foo=1
BEGIN { }
