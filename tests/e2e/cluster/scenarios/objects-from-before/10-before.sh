gate_unregister
kubectl apply -f ../refused-with-every-error/10-wrong.yaml
sed 's/name: wrong/name: doomed/' ../refused-with-every-error/10-wrong.yaml | kubectl apply -f -
kubectl patch rayclusters.ray.io doomed --type merge -p '{"metadata":{"finalizers":["example.com/held"]}}'
# KubeRay's CRD takes one that says nothing at all.
echo '{apiVersion: ray.io/v1, kind: RayCluster, metadata: {name: bare}}' | kubectl apply -f -
