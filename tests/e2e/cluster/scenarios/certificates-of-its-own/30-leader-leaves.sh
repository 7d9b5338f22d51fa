# The leader is told to end: it gives the Lease away and goes on answering whoever still comes until it
# closes its port, and its idle clients for up to 100 s more, which nobody waits for here.
. "$HERE/lib/live_gate.sh"
port_is_closed() {
	[ -z "$(ss -Hltn "sport = :$(gate_port "$leader")")" ]
}
leader=$(live_leader)
storm_start
kill -TERM "$(<"$E2E_STATE/pid/gate-$leader")"
eventually live_reached $((3 - leader)) raygate_leader 1
eventually port_is_closed
storm_goes_on
storm_stop
[ "$failed" = 0 ] && [ "$sent" -gt 20 ]
gate_stop KILL "$leader"
live_start "$leader"
