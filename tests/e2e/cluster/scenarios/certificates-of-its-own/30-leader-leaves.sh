# The leader is told to end: it gives the Lease away at once and goes on answering whoever still comes,
# its idle clients for up to 100 s, which nobody waits for here.
. "$HERE/lib/live_gate.sh"
leader=$(live_leader)
storm_start
kill -TERM "$(<"$E2E_STATE/pid/gate-$leader")"
within 10 live_reached $((3 - leader)) raygate_leader 1
sleep 5
storm_stop
[ "$failed" = 0 ] && [ "$sent" -gt 20 ]
gate_stop KILL "$leader"
live_start "$leader"
