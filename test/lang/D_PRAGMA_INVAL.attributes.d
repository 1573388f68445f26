#pragma D attributes Stable/Evolving pid
BEGIN { trace(pid); }
