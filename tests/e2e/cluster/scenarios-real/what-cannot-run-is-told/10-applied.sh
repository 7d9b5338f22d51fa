# What can be known at apply is told there: no node has 30 CPUs. Images are looked at by nobody yet.
cluster() {
	sed "s/name: demo/name: $1/; s/replicas: 2/replicas: 1/" "$HERE/scenarios-real/session-of-today/10-cluster.yaml"
}
cluster giant | sed 's/cpu: 200m, memory: 512Mi/cpu: 30, memory: 512Mi/' | kubectl apply -f -
cluster imageless | sed 's|rayproject/ray:2.52.0|127.0.0.1:1/ray:2.52.0|; s/PullPolicy: Never/PullPolicy: IfNotPresent/' | kubectl apply -f -
