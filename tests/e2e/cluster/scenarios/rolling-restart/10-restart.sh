# Under Fail, and not one apply fails: what ends says so first and goes on answering.
storm_start
gate_stop TERM 1
gate_start 1
gate_stop TERM 2
gate_start 2
storm_stop
[ "$failed" = 0 ] && [ "$sent" -gt 20 ]
