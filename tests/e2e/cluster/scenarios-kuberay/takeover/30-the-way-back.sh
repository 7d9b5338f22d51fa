# We end, KubeRay goes on with what we made.
. "$HERE/lib/kuberay.sh"
# KubeRay waits for its own old Lease, and then both are there.
kuberay_objects >"$E2E_STATE/ours"
kuberay_states >"$E2E_STATE/states-ours"
kuberay_start
eventually keeper_yields
sleep 5
kuberay_objects | diff "$E2E_STATE/ours" - >&3 || true
gate_stop TERM 1
sleep 5
for name in $(kubectl get rayclusters.ray.io -o 'jsonpath={.items[*].metadata.name}'); do
	kubectl annotate rayclusters.ray.io "$name" example.com/looked-at=yes
done
sleep 10
kuberay_objects | diff "$E2E_STATE/ours" - >&3 || true
kuberay_states | diff "$E2E_STATE/states-ours" - >&3 || true
grep -c ERROR "$E2E_STATE/log/kuberay" >&3 || true
grep '"error"' "$E2E_STATE/log/kuberay" | sed 's/"stacktrace".*//' | cut -c1-500 | tail -5 >&3 || true
kubectl delete rayclusters.ray.io --all --wait=false
eventually nothing_but_redis
kubectl get rayclusters.ray.io,pods >&3
