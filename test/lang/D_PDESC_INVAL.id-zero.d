/* lang_tool -n */
0
