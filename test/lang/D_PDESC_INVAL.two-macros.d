/* lang_tool -n */
pid$target$pid:::entry
