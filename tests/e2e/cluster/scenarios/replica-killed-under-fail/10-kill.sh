# What is on its way, and what comes before the balancer has seen it, fails; a second try does not.
storm_start
gate_stop KILL 1
sleep 2
gate_start 1
gate_stop KILL 2
sleep 2
gate_start 2
storm_stop
[ "$lost" = 0 ] && [ "$sent" -gt 20 ]
