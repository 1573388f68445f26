/* lang_tool -d parse -n */
BEGIN{trace(1)} END{trace(2)} foo:bar
