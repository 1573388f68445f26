/* lang_tool -n */
BEGIN /1/
