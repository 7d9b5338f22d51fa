# What Ray's autoscaler sends: replicas, and pods to delete.
kubectl patch rayclusters.ray.io wrong --type json -p '[
	{"op": "replace", "path": "/spec/workerGroupSpecs/0/replicas", "value": 2},
	{"op": "add", "path": "/spec/workerGroupSpecs/0/scaleStrategy", "value": {"workersToDelete": ["pod-1"]}}]' \
	2>/dev/null
kubectl get rayclusters.ray.io wrong -o jsonpath='{.spec.workerGroupSpecs[0].replicas}{"\n"}'
