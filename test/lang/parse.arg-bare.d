/* lang_tool -d parse -n */
BEGIN, END;tick-1s
