# Strictly: no field is unknown to our own CRD of RayClusters.
crds_ours
kubectl create --dry-run=server -f "$ROOT/manifests/samples/"
[ -z "$(kubectl get rayclusters.ray.io,rayjobs,rayservices,raycronjobs -o name)" ]
