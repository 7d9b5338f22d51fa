# What was taken over is scaled, resumed and suspended as any other.
. "$HERE/lib/kuberay.sh"
grow() {
	kubectl patch rayclusters.ray.io "$1" --type json -p "[{\"op\":\"replace\",\"path\":\"/spec/workerGroupSpecs/0/replicas\",\"value\":$2}]"
}
for name in plain failing scaling redis secret serving; do grow $name 3; done
grow slices 3
kubectl patch rayclusters.ray.io paused --type merge -p '{"spec":{"suspend":false}}'
kubectl patch rayclusters.ray.io born-paused --type merge -p '{"spec":{"suspend":false}}'
for name in plain failing scaling redis secret serving; do eventually keeper_runs $name 4; done
eventually keeper_runs slices 10
keeper_complete paused 3
keeper_complete born-paused 3
for name in plain failing scaling redis secret serving paused born-paused slices; do eventually keeper_is $name ready; done
kubectl delete limitrange most
kuberay_objects >"$E2E_STATE/grown"
tell "of $(wc -l <"$E2E_STATE/after") objects $(comm -12 "$E2E_STATE/after" "$E2E_STATE/grown" | wc -l) are there still"
comm -23 "$E2E_STATE/after" "$E2E_STATE/grown" >&3
for name in plain failing secret serving; do grow $name 1; done
grow slices 1
for name in plain failing secret serving; do eventually keeper_has $name 2; done
eventually keeper_has slices 4
for name in plain failing scaling redis secret serving paused born-paused slices; do eventually keeper_is $name ready; done
keeper_cluster ours 2 | kubectl apply -f -
eventually keeper_is ours ready
