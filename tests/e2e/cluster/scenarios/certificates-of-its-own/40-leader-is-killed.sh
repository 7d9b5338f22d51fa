# The leader ends without a word: applies succeed at the second try, and the other replica leads once
# the Lease has run out.
. "$HERE/lib/live_gate.sh"
leader=$(live_leader)
storm_start
gate_stop KILL "$leader"
eventually live_reached $((3 - leader)) raygate_leader 1
live_start "$leader"
storm_stop
[ "$lost" = 0 ] && [ "$sent" -gt 20 ]
