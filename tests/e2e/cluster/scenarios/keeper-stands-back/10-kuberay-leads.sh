# While KubeRay's Lease is renewed nothing is done; when it is not any more, what is there goes on. The
# renewals are for an hour, the last one for a second.
. "$HERE/lib/keeper.sh"
# renew SECONDS
renew() {
	kubectl apply -f - <<-END
		apiVersion: coordination.k8s.io/v1
		kind: Lease
		metadata: {name: ray-operator-leader, namespace: raygate}
		spec:
		  holderIdentity: kuberay
		  leaseDurationSeconds: $1
		  renewTime: "$(date -u +%Y-%m-%dT%H:%M:%S.%6NZ)"
	END
}
# knows GROUP: of one cluster in that group.
knows() {
	curl -fsS "http://$(gate_ops 1)/metrics" |
		awk -v group="group=\"$1\"" '/^raygate_controller_clusters/ && index($0, "{" group) { sum += $2 } END { exit sum != 1 }'
}
keeper_prepare
renew 3600
keeper_begin 1
eventually keeper_yields
kubectl apply -f "$ROOT/manifests/samples/ray.io-minimal.yaml"
curl -fsS "http://$(gate_ops 1)/readyz?verbose" | grep -F "ray.io: left to raygate/kuberay, while the policy's target is raygate"
# It is known, and passed over: one of cluster.ray.io, which KubeRay does not reconcile, comes after it in
# the same queue, and is served.
eventually knows ray.io
sed 's/name: minimal/name: after/' "$ROOT/manifests/samples/cluster.ray.io-minimal.yaml" | kubectl apply -f -
eventually kubectl get service after-ray-head
keeper_has minimal 0
kubectl delete rayclusters.cluster.ray.io after
renew 1
eventually keeper_is minimal ready
# And the other way round: a policy for KubeRay, which is read anew while it runs.
aims_elsewhere() {
	curl -fsS "http://$(gate_ops 1)/readyz?verbose" |
		grep -F "ray.io: reconciled here, while the policy's target is not raygate"
}
aims_elsewhere && exit 1
gate_policy "$HERE/lib/values.yaml" "$KEEPER_VALUES" <(echo 'target: {controller: kuberay}')
eventually aims_elsewhere
eventually grep -qF "the policy's target is not raygate" "$E2E_STATE/log/gate-1"
