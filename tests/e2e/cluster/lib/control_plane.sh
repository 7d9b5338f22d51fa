# shellcheck shell=bash source-path=SCRIPTDIR disable=SC2034
# etcd, API server, controller manager, scheduler; with kwok, nodes that are only said to run pods.

# shellcheck source=crds.sh
. "$HERE/lib/crds.sh"

SERVICE_RANGE=10.96.0.0/16

# For control_plane_start: nobody else is to reach it, or a node and its pods are.
loopback_only=(--bind-address 127.0.0.1 --endpoint-reconciler-type none)
reaches_nodes=(--bind-address 0.0.0.0 --kubelet-preferred-address-types InternalIP
	--kubelet-client-certificate "$E2E_STATE/pki/admin.crt"
	--kubelet-client-key "$E2E_STATE/pki/admin.key")

# Their defaults are for clusters in which nobody waits; benchmarks set more.
E2E_QPS=${E2E_QPS:-200}
rate=(--kube-api-qps "$E2E_QPS" --kube-api-burst "$((2 * E2E_QPS))")

# control_plane_start ADDRESS FLAG…: with flags of the API server.
control_plane_start() {
	local pki=$E2E_STATE/pki address=$1 etcd peer api
	shift
	{ read -r etcd && read -r peer && read -r api; } < <(tool ports 3)
	echo "https://$address:$api" >"$E2E_STATE/api-url"
	tool pki "$pki" "https://$address:$api" "$address" 10.96.0.1 localhost kubernetes.default.svc

	start etcd etcd --data-dir "$E2E_STATE/etcd" --unsafe-no-fsync --log-level warn \
		--listen-client-urls "http://127.0.0.1:$etcd" --advertise-client-urls "http://127.0.0.1:$etcd" \
		--listen-peer-urls "http://127.0.0.1:$peer" \
		--initial-advertise-peer-urls "http://127.0.0.1:$peer" \
		--initial-cluster "default=http://127.0.0.1:$peer"
	start kube-apiserver kube-apiserver --etcd-servers "http://127.0.0.1:$etcd" \
		"$@" --secure-port "$api" --advertise-address "$address" \
		--service-cluster-ip-range "$SERVICE_RANGE" --authorization-mode Node,RBAC \
		--client-ca-file "$pki/ca.crt" --allow-privileged \
		--tls-cert-file "$pki/apiserver.crt" --tls-private-key-file "$pki/apiserver.key" \
		--service-account-issuer https://kubernetes.default.svc.cluster.local \
		--service-account-key-file "$pki/accounts.key" \
		--service-account-signing-key-file "$pki/accounts.key"
	eventually api GET /readyz --fail
	# No node is taken for lost because the machine is busy.
	start kube-controller-manager kube-controller-manager --bind-address 127.0.0.1 --secure-port 0 \
		--kubeconfig "$pki/controller-manager.kubeconfig" --leader-elect=false \
		--use-service-account-credentials --root-ca-file "$pki/ca.crt" \
		--service-account-private-key-file "$pki/accounts.key" "${rate[@]}" \
		--node-monitor-grace-period 1h
	start kube-scheduler kube-scheduler --bind-address 127.0.0.1 --secure-port 0 \
		--kubeconfig "$pki/scheduler.kubeconfig" --leader-elect=false "${rate[@]}"
	crds_start
}

simulated_nodes_start() {
	start kwok kwok --kubeconfig "$KUBECONFIG" --manage-all-nodes=true \
		--config "$E2E_STATE/bin/kwok-stages.yaml"
	kubectl create --validate=false -f "$HERE/lib/nodes.yaml" >/dev/null
}
