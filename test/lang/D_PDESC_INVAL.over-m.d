/* lang_tool -m */
a:b:c
