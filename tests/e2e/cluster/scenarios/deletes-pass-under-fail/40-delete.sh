kubectl delete rayclusters.ray.io notebook
kubectl delete rayclusters.ray.io minimal --wait=false
kubectl patch rayclusters.ray.io minimal --type merge -p '{"metadata":{"finalizers":null}}'
kubectl get rayclusters.ray.io
