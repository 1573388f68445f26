/* lang_tool -f */
12
