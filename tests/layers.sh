#!/bin/bash
# Checks every #include of the sources against the table in tests/layers. Tests may include anything.
set -euo pipefail
cd "$(dirname "$0")/.."

# shellcheck disable=SC2016
{ find base api validators certs server -name "*.[ch]" 2>/dev/null || true; } | sort | xargs -r awk '
	function complain(what) {
		printf "%s:%d: %s\n", FILENAME, FNR, what
		bad = 1
	}
	# A name that ends with "/" is all that is below it.
	function covers(name, path) {
		return name ~ /\/$/ ? index(path, name) == 1 : path == name
	}
	function is_home(homes,    place, n, i, good) {
		n = split(homes, place, " ")
		for (i = 1; i <= n; i++)
			good = good || covers(place[i], FILENAME)
		return good
	}
	# The folder of a path; only server/ has layers below it.
	function folder(path,    part) {
		split(path, part, "/")
		return part[1] == "server" && part[3] != "" ? part[1] "/" part[2] : part[1]
	}
	BEGIN {
		while ((getline row < "tests/layers") > 0) {
			if (row ~ /^#/ || row !~ /:/)
				continue
			name = row
			sub(/:.*/, "", name)
			sub(/^[^:]*: */, "", row)
			if (name ~ /^</) {
				gsub(/[<>]/, "", name)
				home[name] = row
			} else {
				known[name] = 1
				n = split(row, list, " ")
				for (i = 1; i <= n; i++)
					may[name, list[i]] = 1
			}
		}
	}
	FNR == 1 && !(folder(FILENAME) in known) {
		complain("folder \"" folder(FILENAME) "\" is not in tests/layers")
	}
	/^[ \t]*#[ \t]*include[ \t]*"/ {
		split($0, part, "\"")
		if (part[2] !~ /\//)
			complain("\"" part[2] "\" is not a path from the root")
		else if (!((folder(FILENAME), folder(part[2])) in may))
			complain(folder(FILENAME) " may not include " folder(part[2]) " (\"" part[2] "\")")
	}
	/^[ \t]*#[ \t]*include[ \t]*</ {
		split($0, part, /[<>]/)
		for (h in home) {
			if (covers(h, part[2]) && !is_home(home[h]))
				complain("<" part[2] "> has its only home in " home[h])
		}
	}
	END { exit bad }
'
