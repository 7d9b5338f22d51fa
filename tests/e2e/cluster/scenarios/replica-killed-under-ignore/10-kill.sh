# Nothing fails, whatever was on its way.
storm_start
gate_stop KILL 1
sleep 2
gate_start 1
gate_stop KILL 2
sleep 2
gate_start 2
storm_stop
[ "$failed" = 0 ] && [ "$sent" -gt 20 ]
