#!/bin/sh
# A dictionary for libFuzzer from the sources: every short string literal of the files given, once
# as it is and once as the name of a JSON member.
set -eu
LC_ALL=C grep -ohE '"[A-Za-z][A-Za-z0-9./_-]{1,60}"' "$@" | grep -vE '\.[ch]"$' | LC_ALL=C sort -u |
	sed -E 's/^"(.*)"$/"\1"\n"\\"\1\\":"/'
