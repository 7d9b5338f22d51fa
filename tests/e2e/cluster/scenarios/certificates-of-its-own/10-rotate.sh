# A new CA, asked for by deleting the Secret, then a renewal by age, under constant applies that fail
# if an API server does not trust what a replica serves.
. "$HERE/lib/live_gate.sh"
live_prepare "$HERE/lib/values.yaml" values.yaml
LIFETIME=60s live_start 1 2
storm_start
kubectl -n raygate delete secret raygate-tls
for n in 1 2; do
	eventually live_reached "$n" 'raygate_certificate_reloads_total{result="taken"}' 3
done
storm_goes_on
storm_stop
[ "$failed" = 0 ] && [ "$sent" -gt 20 ]
