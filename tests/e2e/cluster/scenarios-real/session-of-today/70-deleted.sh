. "$HERE/lib/ray_clusters.sh"
kubectl delete rayclusters.ray.io demo
eventually nothing_left demo
