# Deleted before it is ready: nothing of it stays.
. "$HERE/lib/keeper.sh"
sed 's/name: minimal/name: brief/; s/replicas: 1/replicas: 100/; s/maxReplicas: 3/maxReplicas: 100/' \
	"$ROOT/manifests/samples/ray.io-minimal.yaml" | kubectl apply -f -
within 30 keeper_has_some brief 5
kubectl delete rayclusters.ray.io brief
kubectl delete rayclusters.ray.io --all --wait=false
within 120 keeper_has brief 0
[ -z "$(kubectl get services -l ray.io/cluster=brief -o name)" ]
