/* lang_tool -n */
4294967296
