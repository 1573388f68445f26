/* lang_tool -d parse -- 5 -0x10 name a-b "quoted" int */
python$target:$3::$$1, pid$1x:::
{
	$target; $$target; $pid; $1; $$1; $2; $3; $3(1); $4; $5; ($6)a;
}
