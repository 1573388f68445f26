/* lang_tool -d parse -P */
self
