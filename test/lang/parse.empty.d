/* lang_tool -d parse -x empty */
/* nothing */
