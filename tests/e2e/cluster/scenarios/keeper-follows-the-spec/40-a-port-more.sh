# The Service of a cluster of 2022 follows its ports.
. "$HERE/lib/keeper.sh"
has_ports() {
	[ "$(kubectl get service old-ray-head -o 'jsonpath={.spec.ports[*].port}')" = "$1" ]
}
sed 's/name: minimal/name: old/' "$ROOT/manifests/samples/cluster.ray.io-minimal.yaml" | kubectl apply -f -
eventually has_ports '10001 8265 8000'
kubectl patch rayclusters.cluster.ray.io old --type merge \
	-p '{"spec":{"headServicePorts":[{"name":"metrics","port":8080,"targetPort":8080}]}}'
eventually has_ports '10001 8265 8000 8080'
kubectl delete rayclusters.cluster.ray.io old
