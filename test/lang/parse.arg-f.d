/* lang_tool -d parse -f */
string*, a:b:c
