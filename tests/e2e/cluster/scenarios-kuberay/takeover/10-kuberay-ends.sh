# KubeRay has made clusters of every kind, and ends. We stand back until then; after it all that there
# is stays as it is, but for a worker that failed meanwhile.
. "$HERE/lib/kuberay.sh"
kuberay_prepare
kubectl create -f - <<-END2
	{apiVersion: v1, kind: LimitRange, metadata: {name: most}, spec: {limits: [{type: Container, max: {memory: 100Gi}}]}}
END2
kuberay_start
kuberay_kinds >"$E2E_STATE/kinds.yaml"
kubectl apply -f "$E2E_STATE/kinds.yaml"
for name in plain failing paused scaling slices redis secret serving; do
	eventually keeper_is "$name" ready
done
kubectl patch rayclusters.ray.io paused --type merge -p '{"spec":{"suspend":true}}'
eventually keeper_is paused suspended
eventually keeper_is born-paused suspended
eventually keeper_has paused 0
keeper_begin 1
eventually keeper_yields
kuberay_objects >"$E2E_STATE/before"
kuberay_states >"$E2E_STATE/states-before"
tell "$(cat "$E2E_STATE/before" | wc -l) objects"
stop kuberay
began=$(now_ms)
pod=$(kubectl get pods -l ray.io/cluster=failing,ray.io/node-type=worker -o 'jsonpath={.items[0].metadata.name}')
kubectl patch pod "$pod" --subresource status --type merge -p '{"status":{"phase":"Failed","reason":"Evicted"}}'
eventually keeper_works
tell "works $(($(now_ms) - began)) ms after KubeRay"
judged() {
	[ "$(kubectl get rayclusters.ray.io -o 'jsonpath={range .items[*]}{.status.conditions[?(@.type=="Accepted")].status}{"\n"}{end}' | grep -cx True)" = 11 ]
}
eventually judged
keeper_complete failing 3
sleep 5
kuberay_objects >"$E2E_STATE/after"
kuberay_states >"$E2E_STATE/states-after"
diff "$E2E_STATE/before" "$E2E_STATE/after" >&3 || true
diff "$E2E_STATE/states-before" "$E2E_STATE/states-after" >&3 || true
cat "$E2E_STATE/states-before" >&3
kubectl get rayclusters.ray.io refused rocksdb redis -o 'jsonpath={range .items[*]}{.metadata.name}{" "}{.metadata.finalizers}{" "}{.status.conditions}{"\n"}{end}' >&3
kubectl get events -o custom-columns=T:.type,R:.reason,O:.regarding.name,N:.involvedObject.name,M:.message,F:.reportingComponent | grep -i raygate >&3
