. "$HERE/lib/live_gate.sh"
# cluster NAME WORKERS ACCOUNT
cluster() {
	cat <<-END
	apiVersion: ray.io/v1
	kind: RayCluster
	metadata: {name: $1}
	spec:
	  rayVersion: 2.52.0
	  headGroupSpec:
	    rayStartParams: {}
	    template:
	      spec:
	        serviceAccountName: $3
	        containers:
	        - {name: ray-head, image: "rayproject/ray:2.52.0", resources: {limits: {cpu: "1", memory: 2Gi}}}
	  workerGroupSpecs:
	  - groupName: workers
	    replicas: $2
	    minReplicas: $2
	    maxReplicas: $2
	    rayStartParams: {}
	    template:
	      spec:
	        nodeSelector: {pool: gpu}
	        containers:
	        - {name: ray-worker, image: "rayproject/ray:2.52.0", resources: {limits: {cpu: "1", memory: 2Gi}}}
	END
}
# The quota reaches a replica a moment after it is there.
told() {
	cluster probe 4 default | kubectl create --dry-run=server -f - 2>&1 | grep RG1721
}
eventually told
echo '--- a missing account, no node, too little quota'
cluster first 3 nobody | kubectl create -f -
echo '--- a Service that is not its own has the name of the head'"'"'s'
kubectl create service clusterip third-head-svc --tcp=80 >/dev/null
third() {
	cluster third 0 default | kubectl create --dry-run=server -f - >"$E2E_STATE/third" 2>&1
	grep RG1707 "$E2E_STATE/third"
}
eventually third
grep -A 2 third-head-svc "$E2E_STATE/third"
tell "a replica that follows the cluster has $(live_metric 1 process_resident_memory_bytes | awk '{ printf "%.1f", $1 / 1e6 }') MB resident"
echo '--- the policy counts the first one in both replicas'
for n in 1 2; do
	eventually live_reached "$n" raygate_quota_clusters 1
done
cluster second 3 default | kubectl create -f -
