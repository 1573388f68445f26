#pragma D attributes Stable/Evolving/Common provider prov nothing
BEGIN { trace(pid); }
