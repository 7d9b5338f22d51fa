# KubeRay has made clusters of every kind, and ends. We stand back until then; after it all that there
# is stays as it is, but for a worker that failed meanwhile.
. "$HERE/lib/kuberay.sh"

judged() {
	[ "$(kubectl get rayclusters.ray.io -o 'jsonpath={range .items[*]}{.status.conditions[?(@.type=="Accepted")].status}{"\n"}{end}' |
		grep -cx True)" = 11 ]
}

kuberay_prepare
kubectl create -f - <<-LIMITS
	{apiVersion: v1, kind: LimitRange, metadata: {name: most}, spec: {limits: [{type: Container, max: {memory: 100Gi}}]}}
LIMITS
kuberay_start
kuberay_kinds | kubectl apply -f -
for name in plain failing paused scaling slices redis secret serving; do
	eventually keeper_is "$name" ready
done
eventually keeper_has rocksdb 2
kubectl patch rayclusters.ray.io paused --type merge -p '{"spec":{"suspend":true}}'
eventually keeper_is paused suspended
eventually keeper_is born-paused suspended
eventually keeper_has paused 0
keeper_begin 1
eventually keeper_yields
kuberay_objects >"$E2E_STATE/before"
kuberay_states >"$E2E_STATE/states"
stop kuberay
began=$(now_ms)
failed=$(kubectl get pods -l ray.io/cluster=failing,ray.io/node-type=worker -o 'jsonpath={.items[0].metadata.name}')
kubectl patch pod "$failed" --subresource status --type merge -p '{"status":{"phase":"Failed","reason":"Evicted"}}'
eventually keeper_works
tell "we work $(($(now_ms) - began)) ms after KubeRay ended, whose Lease is for 15 s"
eventually judged
eventually keeper_gone "$failed"
keeper_complete failing 3
kuberay_objects >"$E2E_STATE/after"
kuberay_states >"$E2E_STATE/states-after"
[ "$(kuberay_lost "$E2E_STATE/before" "$E2E_STATE/after" | cut -d ' ' -f 1,2)" = "Pod $failed" ]
[ "$(kuberay_lost "$E2E_STATE/after" "$E2E_STATE/before" | wc -l)" = 1 ]
diff "$E2E_STATE/states" "$E2E_STATE/states-after"
