# What was taken over is scaled, suspended and resumed as any other, and none of its pods is made anew.
. "$HERE/lib/kuberay.sh"
running='plain failing scaling redis secret serving'
for name in $running slices; do
	kuberay_grow "$name" 3
done
kubectl patch rayclusters.ray.io paused --type merge -p '{"spec":{"suspend":false}}'
kubectl patch rayclusters.ray.io born-paused --type merge -p '{"spec":{"suspend":false}}'
for name in $running; do
	keeper_complete "$name" 4
done
keeper_complete slices 10
keeper_complete paused 3
keeper_complete born-paused 3
kubectl delete limitrange most
eventually keeper_has refused 3
kuberay_objects >"$E2E_STATE/grown"
[ -z "$(kuberay_lost "$E2E_STATE/after" "$E2E_STATE/grown")" ]
for name in plain failing redis secret serving slices; do
	kuberay_grow "$name" 1
done
for name in plain failing redis secret serving; do
	eventually keeper_has "$name" 2
done
eventually keeper_has slices 4
keeper_cluster ours 2 | kubectl apply -f -
for name in $running slices paused born-paused ours; do
	eventually keeper_is "$name" ready
done
