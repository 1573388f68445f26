/* lang_tool -d parse -n */
int x; string s[int]; struct a { int i; }; self struct a *p; BEGIN, string {}
