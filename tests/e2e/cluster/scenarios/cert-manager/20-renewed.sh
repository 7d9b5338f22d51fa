# Another certificate of the same CA, under constant applies.
. "$HERE/lib/live_gate.sh"
. "$HERE/lib/cert_manager.sh"
taken='raygate_certificate_reloads_total{result="taken"}'
before=$(live_metric 1 "$taken")
old=$(cert_manager_key tls.crt)
storm_start
kubectl -n raygate delete secret raygate-tls
eventually cert_manager_issued "$old"
cert_manager_mount
for n in 1 2; do
	eventually live_reached "$n" "$taken" $((${before:-0} + 1))
done
storm_goes_on
storm_stop
[ "$failed" = 0 ] && [ "$sent" -gt 20 ]
