# While KubeRay's Lease is renewed nothing is done; when it is not any more, what is there goes on.
. "$HERE/lib/keeper.sh"
renew() {
	kubectl apply -f - <<-END
		apiVersion: coordination.k8s.io/v1
		kind: Lease
		metadata: {name: ray-operator-leader, namespace: raygate}
		spec:
		  holderIdentity: kuberay
		  leaseDurationSeconds: 15
		  renewTime: "$(date -u +%Y-%m-%dT%H:%M:%S.%6NZ)"
	END
}
keeper_prepare
renew
keeper_begin 1
within 60 keeper_yields
renew
kubectl apply -f "$ROOT/manifests/samples/ray.io-minimal.yaml"
curl -fsS "http://$(gate_ops 1)/readyz?verbose" | grep -F 'ray.io: left to raygate/kuberay'
keeper_has minimal 0
within 60 keeper_is minimal ready
