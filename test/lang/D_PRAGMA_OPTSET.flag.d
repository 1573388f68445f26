#pragma D option foo
BEGIN { }
