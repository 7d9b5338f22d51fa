kubectl get rayclusters.ray.io
