# What is on its way, and what comes before the endpoint is gone, fails; a second try does not.
. "$HERE/lib/replica_kill.sh"
storm_start
replica_kill_each
storm_stop
storm_failed_only "${killed[@]}"
[ "$lost" = 0 ] && [ "$sent" -gt 20 ]
