# What is on its way, and what comes before the balancer has seen it, fails; a second try does not.
. "$HERE/lib/live_gate.sh"
live_prepare "$HERE/lib/values.yaml" values.yaml
live_start 1 2
storm_start
killed=()
for n in 1 2; do
	began=$(now_ms)
	gate_stop KILL $n
	eventually gate_missed $n
	killed+=("$began-$(now_ms)")
	storm_goes_on
	live_start $n
done
storm_stop
storm_failed_only "${killed[@]}"
[ "$lost" = 0 ] && [ "$sent" -gt 20 ]
