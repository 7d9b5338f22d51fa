# shellcheck shell=bash
# The gate as it runs in a cluster: two replicas behind the balancer that find the cluster by
# themselves, with the rights that the chart gives them, keep their certificate in a Secret, and the
# webhooks' caBundle right. The scenario's values have registered the webhooks already.

# live_prepare VALUES…: account and rights; ends the replicas that serve the run's own certificate.
live_prepare() {
	gate_stop KILL 1 2
	kubectl -n raygate delete lease --all >/dev/null # or who was killed leads for a while
	rm -f "$GATE/webhooks.yaml" # the next scenario registers with that certificate again
	gate_rights "$@"
}

# live_start N…: replicas; waits until they are ready, which says that the webhooks trust them, and the
# balancer knows. LIFETIME is their certificate's. They end slower than the balancer notices, as pods do.
live_start() {
	local n
	for n; do
		gate_serve "$n" --no-controller --webhook-hosts 127.0.0.1 --cert-lifetime "${LIFETIME:-1h}" \
			--grace-period 5s
	done
	gate_await "$@"
	eventually wrong_object_is 422
}

# live_metric N NAME
live_metric() {
	curl -fsS "http://$(gate_ops "$1")/metrics" | sed -n "s/^$2 //p"
}

# live_reached N NAME VALUE: the metric is at least so much.
live_reached() {
	[ "$(live_metric "$1" "$2")" -ge "$3" ]
}

# The number of the replica that leads.
live_leader() {
	if [ "$(live_metric 1 raygate_leader)" = 1 ]; then
		echo 1
	else
		echo 2
	fi
}
