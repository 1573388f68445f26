/* lang_tool -d parse -m */
a:b, c {}
