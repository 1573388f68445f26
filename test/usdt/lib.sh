# What the tests of libusdt share, beyond those of test/e2e: their own directory of files.
. test/e2e/lib.sh
export USDT_DIR="$tmp/usdt"
unset USDT_NOP5

# start_app COMMANDS...: and the file of its probes is $file.
start_app() {
	start "$B/usdt/app" "$@"
	await "the program to be ready" grep -q '^ready' "$tmp/target"
	file=$(sed -n 's/^ready [0-9]* //p' "$tmp/target" | head -n 1)
}

# app_ends: waits for it, it must end well.
app_ends() {
	wait "$target" || fail "the program ended with $?"
}

need() { # command...
	for command; do
		command -v "$command" >/dev/null || skip "there is no $command"
	done
}
