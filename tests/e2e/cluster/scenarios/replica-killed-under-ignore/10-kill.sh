# Nothing fails, whatever was on its way.
. "$HERE/lib/live_gate.sh"
live_prepare "$HERE/lib/values.yaml"
live_start 1 2
storm_start
for n in 1 2; do
	gate_stop KILL $n
	eventually gate_missed $n
	storm_goes_on
	live_start $n
done
storm_stop
[ "$failed" = 0 ] && [ "$sent" -gt 20 ]
