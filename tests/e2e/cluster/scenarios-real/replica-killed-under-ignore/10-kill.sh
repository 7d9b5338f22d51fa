# Nothing fails, whatever was on its way.
. "$HERE/lib/replica_kill.sh"
storm_start
replica_kill_each
storm_stop
[ "$failed" = 0 ] && [ "$sent" -gt 20 ]
