#pragma D attributes Stable/Evolving/Common pid
BEGIN { trace(pid); }
