# And once more the other way: what the status says of us is of a time before KubeRay's. A spec that is
# refused by then takes away none of what KubeRay made.
. "$HERE/lib/kuberay.sh"
accepted_is() {
	[ "$(kubectl get rayclusters.ray.io "$1" -o 'jsonpath={.status.conditions[?(@.type=="Accepted")].status}')" = "$2" ]
}
kubectl patch rayclusters.ray.io ours --type json -p '[
	{"op":"replace","path":"/spec/workerGroupSpecs/0/minReplicas","value":600}]'
kuberay_objects >"$E2E_STATE/kuberays"
keeper_begin 1
eventually keeper_yields
stop kuberay
eventually keeper_works
eventually accepted_is ours False
kuberay_grow plain 3
keeper_complete plain 4
keeper_has ours 5
kuberay_objects >"$E2E_STATE/again"
[ -z "$(kuberay_lost "$E2E_STATE/kuberays" "$E2E_STATE/again")" ]
