/* lang_tool -n */
BEGIN /a[1/ { }
