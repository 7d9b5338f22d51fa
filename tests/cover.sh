#!/bin/bash
# Line coverage by folder from the gcov data under $1, with a floor in per cent for some folders.
set -euo pipefail
cd "$(dirname "$0")/.."

find "$1" -name '*.gcda' -not -path '*/tests/*' -print0 | xargs -0 -r gcov --no-output 2>/dev/null | awk -v floor=85 '
	BEGIN {
		n = split("base api validators server/admission server/quota", list, " ")
		for (i = 1; i <= n; i++)
			judged[list[i]] = 1
	}
	/^File / {
		split($0, part, "\x27")
		file = part[2]
	}
	/^Lines executed:/ {
		split($0, part, /[:% ]+/)
		if (file ~ /^\// || file ~ /^tests\// || file == "")
			next
		folder = file
		sub(/\/[^\/]*$/, "", folder)
		hit[folder] += part[3] / 100 * part[5]
		all[folder] += part[5]
		file = ""
	}
	END {
		for (f in all) {
			share = 100 * hit[f] / all[f]
			low = (f in judged) && share < floor
			bad = bad || low
			printf "%6.1f %%  %s%s\n", share, f, low ? "  (at least " floor " %)" : "" | "sort -k3"
		}
		close("sort -k3")
		exit bad
	}
'
