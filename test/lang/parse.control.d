/* lang_tool -d parse */
#!ignored anywhere
  #! also here
#
#ident "x"
#pragma ident "x"
#pragma once
#pragma D option quiet
#pragma D option strsize=64
#pragma D attributes Stable/Stable/Common foo
#pragma D binding "1.0" foo
char a[sizeof (string)];
#line 100
BEGIN { 100 }
# 7 "parse.control.d" 1
BEGIN
{
# 20
	20;
}
