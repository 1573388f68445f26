#pragma D attributes Stable/Evolving/Common x
BEGIN { trace(pid); }
