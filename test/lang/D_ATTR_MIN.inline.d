#pragma D option amin=Evolving/Evolving/ISA
#pragma D attributes Private/Stable/Common x
inline int x = 1;
BEGIN { trace(x); }
