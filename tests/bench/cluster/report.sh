# shellcheck shell=bash disable=SC2034,SC2154
# How both benchmarks tell a figure: beside its gate and its aim. They end with $missed.
missed=0
# row WHAT VALUE UNIT GATE AIM
row() {
	local verdict
	verdict=$(awk "BEGIN { print $2 <= $5 ? \"aim met\" : $2 <= $4 ? \"gate met\" : \"MISSED\" }")
	[ "$verdict" != MISSED ] || missed=1
	printf '  %-34s %8.2f %-4s gate %6s  aim %6s  %s\n' "$1" "$2" "$3" "$4" "$5" "$verdict"
}

# per_cluster SUM: of all CLUSTERS.
per_cluster() {
	awk "BEGIN { print ($1) / $CLUSTERS }"
}
