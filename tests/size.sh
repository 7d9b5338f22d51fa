#!/bin/bash
# No file over 500 lines, no function over 60 (signature and braces included). A Test() may be longer:
# it holds the table of its cases.
set -euo pipefail
cd "$(dirname "$0")/.."

mapfile -t files < <(find base api validators certs server tests -name "*.[ch]" 2>/dev/null | sort)
bad=0
while read -r lines file; do
	if [ "$file" != total ] && [ "$lines" -gt 500 ]; then
		echo "$file: $lines lines (500 at most)"
		bad=1
	fi
done < <(wc -l "${files[@]}")

ctags --languages=C --kinds-C=f --fields=+ne -f - "${files[@]}" | awk -F '\t' '
	{
		start = end = 0
		for (i = 4; i <= NF; i++) {
			if ($i ~ /^line:/)
				start = substr($i, 6)
			if ($i ~ /^end:/)
				end = substr($i, 5)
		}
		if ($1 != "Test" && end - start + 1 > 60) {
			printf "%s:%d: %s has %d lines (60 at most)\n", $2, start, $1, end - start + 1
			bad = 1
		}
	}
	END { exit bad }
' || bad=1
exit $bad
