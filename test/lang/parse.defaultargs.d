/* lang_tool -d parse -x defaultargs */
BEGIN { $1; $$1; }
