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
keeper_prepare
renew 3600
keeper_begin 1
eventually keeper_yields
kubectl apply -f "$ROOT/manifests/samples/ray.io-minimal.yaml"
curl -fsS "http://$(gate_ops 1)/readyz?verbose" | grep -F 'ray.io: left to raygate/kuberay'
keeper_has minimal 0
renew 1
eventually keeper_is minimal ready
