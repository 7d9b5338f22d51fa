kubectl patch rayclusters.ray.io minimal --type json -p \
	'[{"op": "replace", "path": "/spec/workerGroupSpecs/0/replicas", "value": 3}]'
kubectl patch rayclusters.ray.io minimal --type json -p '[
	{"op": "replace", "path": "/spec/workerGroupSpecs/0/maxReplicas", "value": 9},
	{"op": "replace", "path": "/spec/workerGroupSpecs/0/replicas", "value": 9}]'
