# One owns the cluster, another a field of one group: groups are a map by name in our own CRD.
crds_ours
kubectl apply --server-side --field-manager owner -f "$ROOT/manifests/samples/ray.io-autoscaling-v2.yaml"
kubectl apply --server-side --field-manager scaler -f - <<'END'
apiVersion: ray.io/v1
kind: RayCluster
metadata: {name: autoscaling-v2}
spec:
  workerGroupSpecs:
  - {groupName: short-tasks, replicas: 2}
END
kubectl apply --server-side --field-manager owner -f "$ROOT/manifests/samples/ray.io-autoscaling-v2.yaml"
kubectl get rayclusters.ray.io -o 'custom-columns=NAME:.metadata.name,GENERATION:.metadata.generation,GROUPS:.spec.workerGroupSpecs[*].groupName,REPLICAS:.spec.workerGroupSpecs[*].replicas'
