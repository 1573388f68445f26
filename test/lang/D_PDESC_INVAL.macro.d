/* lang_tool -n */
pid$nosuch:::entry
