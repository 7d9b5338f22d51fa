# A new CA, asked for by deleting the Secret, then renewals by age, under constant applies that fail
# if an API server does not trust what a replica serves.
reloads() {
	kubectl get --raw "/api/v1/namespaces/$GATE_NAMESPACE/pods/${1#pod/}:8080/proxy/metrics" |
		sed -n 's/^raygate_certificate_reloads_total{result="taken"} //p'
}
reloaded() {
	[ "$(reloads "$1")" -ge 3 ]
}
storm_start
kubectl -n "$GATE_NAMESPACE" delete secret raygate-tls >/dev/null
for pod in $(gate_pods); do
	eventually reloaded "$pod"
done
storm_goes_on
storm_stop
[ "$failed" = 0 ] && [ "$sent" -gt 20 ]
