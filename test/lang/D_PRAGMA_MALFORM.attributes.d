#pragma D attributes Stable/Evolving/Common
BEGIN { trace(pid); }
