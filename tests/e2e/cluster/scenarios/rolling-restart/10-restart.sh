# Under Fail, and not one apply fails: what ends says so first and goes on answering.
. "$HERE/lib/live_gate.sh"
live_prepare "$HERE/lib/values.yaml" values.yaml
live_start 1 2
storm_start
for n in 1 2; do
	gate_stop TERM $n
	live_start $n
done
storm_stop
[ "$failed" = 0 ] && [ "$sent" -gt 20 ]
