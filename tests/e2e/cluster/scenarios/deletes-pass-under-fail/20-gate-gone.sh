gate_stop KILL 1 2
kubectl label rayclusters.ray.io minimal touched=yes
