. "$HERE/lib/ray_clusters.sh"
kubectl patch rayclusters.ray.io demo --type merge -p '{"spec":{"suspend":true}}'
eventually ray_state_is demo suspended
[ -z "$(ray_pods demo)" ]
kubectl get rayclusters.ray.io | shown
kubectl patch rayclusters.ray.io demo --type merge -p '{"spec":{"suspend":false}}'
ray_complete demo 2
eventually ray_knows demo 3
