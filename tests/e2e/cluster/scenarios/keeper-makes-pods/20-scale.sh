# 500 workers of one cluster, and beside them a small one that does not wait for them.
. "$HERE/lib/keeper.sh"
sed 's/name: minimal/name: big/; s/replicas: 1/replicas: 500/; s/maxReplicas: 3/maxReplicas: 500/' \
	"$ROOT/manifests/samples/ray.io-minimal.yaml" | kubectl apply -f -
within 60 keeper_has_some big 30
began=$(now_ms)
sed 's/name: minimal/name: small/' "$ROOT/manifests/samples/ray.io-minimal.yaml" | kubectl apply -f -
within 30 keeper_has small 2
took=$(($(now_ms) - began))
tell "a small cluster's pods after $took ms, with $(keeper_pods big) of the big one's"
! keeper_has big 501
within 120 keeper_has big 501
kubectl delete rayclusters.ray.io big small --wait=false
within 120 keeper_has big 0
