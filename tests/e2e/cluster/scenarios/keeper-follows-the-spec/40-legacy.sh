# With the rights of the same chart a cluster.ray.io has its Service, and other ports when it is told.
. "$HERE/lib/keeper.sh"

# port_is NUMBER: of the dashboard.
port_is() {
	[ "$(kubectl get service service-ports-ray-head -o 'jsonpath={.spec.ports[?(@.name=="dashboard")].port}')" = "$1" ]
}

kubectl apply -f "$ROOT/manifests/samples/cluster.ray.io-service-ports.yaml"
eventually port_is 80
kubectl patch rayclusters.cluster.ray.io service-ports --type json \
	-p '[{"op":"replace","path":"/spec/headServicePorts/0/port","value":81}]'
eventually port_is 81
kubectl delete rayclusters.cluster.ray.io service-ports
