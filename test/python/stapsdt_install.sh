#!/bin/sh
# pip and make install the module, without a network; what they install is complete in itself.
. test/python/stapsdt_lib
export CFLAGS=-O0 PIP_DISABLE_PIP_VERSION_CHECK=1

# A process without a network, where this can be had.
alone=
! unshare -n true 2>/dev/null || alone='unshare -n'

works() { # directory
	(cd / && PYTHONPATH=$1 "$python" -c 'import os, stapsdt, sys
assert os.path.dirname(stapsdt.__file__) == os.path.join(sys.argv[1], "stapsdt"), stapsdt.__file__
p = stapsdt.Provider("pythonapp")
assert p.add_probe("x", 8).fire("x") is False and p.load() is False and p.is_loaded
for name in "py.typed", "__init__.pyi":
	assert os.path.exists(os.path.join(sys.argv[1], "stapsdt", name))
with open("/proc/self/maps") as f:
	maps = f.read()
assert "libusdt" not in maps and "libstapsdt" not in maps and "libelf" not in maps' "$1") ||
		fail "what is in $1 does not work with $python"
}

installs() {
	log=$tmp/err
	unset PYTHONPATH
	"$python" -m pip --version >/dev/null 2>&1 || { echo "# no pip for $python"; return; }
	rm -rf "$tmp/lib" "$tmp/venv" "$tmp/tree"
	# Not from our own tree: nothing may be written there, and nothing that git doesn't know read.
	mkdir "$tmp/tree"
	git ls-files -co --exclude-standard python usdt include base pyproject.toml LICENSE |
		tar -cf - -T - | tar -xf - -C "$tmp/tree"
	(cd "$tmp/tree" && find . | sort) >"$tmp/before"
	(cd "$tmp/tree" && $alone "$python" -m pip install --no-cache-dir --target "$tmp/lib" .) >"$log" 2>&1 ||
		fail "pip install --target, $python"
	(cd "$tmp/tree" && find . -name '__pycache__' -prune -o -print | sort) | diff "$tmp/before" - ||
		fail "pip left something in the tree"
	works "$tmp/lib"
	[ "$python" = /usr/bin/python3 ] || return 0

	"$python" -m venv --without-pip "$tmp/venv" >"$log" 2>&1 || return 0
	(cd "$tmp/tree" && "$python" -c 'import sys; sys.path.insert(0, "python"); import backend
print(backend.build_sdist(sys.argv[1]))' "$tmp") >"$tmp/sdist" || fail "sdist"
	site=$("$tmp/venv/bin/python" -c 'import sysconfig; print(sysconfig.get_path("platlib"))')
	(cd / && $alone "$python" -m pip install --no-cache-dir --target "$site" \
		"$tmp/$(cat "$tmp/sdist")") >"$log" 2>&1 || fail "pip install of the sdist, $python"
	(cd / && "$tmp/venv/bin/python" -c 'import stapsdt') || fail "not in the venv, $python"
}
each installs

# make install, as a package of the system would.
use /usr/bin/python3
umask 077
for prefix in /usr /usr/local; do
	"$python" python/backend.py install $prefix "$tmp/dest" >"$tmp/out" || fail "install $prefix"
	[ ! -e /etc/debian_version ] || case $prefix in
	/usr) expect_like out "/dest/usr/lib/python3/dist-packages$" ;;
	*) expect_like out "/dest/usr/local/lib/python3[.0-9]*/dist-packages$" ;;
	esac
	dir=$(sed 's/.*: //' "$tmp/out")
	works "$dir"
	[ -z "$(find "$dir" ! -perm -444)" ] || fail "files that not everybody can read"
	(cd / && PYTHONPATH=$dir "$python" -c 'from importlib.metadata import version
assert version("stapsdt")') || fail "no metadata"
	"$python" python/backend.py uninstall $prefix "$tmp/dest"
	[ -z "$(find "$dir" -type f)" ] || fail "uninstall leaves files"
done
