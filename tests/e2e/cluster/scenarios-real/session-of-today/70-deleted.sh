. "$HERE/lib/ray_clusters.sh"
kubectl delete rayclusters.ray.io demo
within 100 nothing_left demo
