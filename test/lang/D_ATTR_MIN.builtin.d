/* lang_tool -x amin=Stable/Stable/Common */
#pragma D attributes Stable/Evolving/Common x
BEGIN { trace(pid); x = 1; }
