# shellcheck shell=bash source-path=SCRIPTDIR
# KubeRay itself, $KUBERAY of whoever runs the scenarios, beside the program with its controller. The
# CRDs stay those of KubeRay.
# shellcheck source=keeper.sh
. "$HERE/lib/keeper.sh"

# kuberay_prepare: the account of our replicas, nobody registered.
kuberay_prepare() {
	gate_unregister
	live_prepare "$HERE/lib/values.yaml" "$KEEPER_VALUES"
	eventually gate_may create pods --all-namespaces
	gate_policy "$HERE/lib/values.yaml" "$KEEPER_VALUES"
	tool ports 2 >"$E2E_STATE/kuberay-ports"
}

# kuberay_begin: it waits for a Lease that is held.
kuberay_begin() {
	local metrics health
	{ read -r metrics && read -r health; } <"$E2E_STATE/kuberay-ports"
	start kuberay "$KUBERAY" --kubeconfig "$E2E_STATE/pki/admin.kubeconfig" \
		--leader-election-namespace "$NAMESPACE" --metrics-addr "127.0.0.1:$metrics" \
		--health-probe-bind-address "127.0.0.1:$health" --qps 1000 --burst 2000 \
		--feature-gates GCSFaultToleranceEmbeddedStorage=true
}

# kuberay_start: until it leads.
kuberay_start() {
	kuberay_begin
	eventually kuberay_leads
}

kuberay_leads() {
	curl -fsS "http://127.0.0.1:$(sed -n 1p "$E2E_STATE/kuberay-ports")/metrics" |
		grep -q '^leader_election_master_status{.*} 1'
}

# kuberay_kinds: a RayCluster of each kind that its controller treats in a way of its own.
kuberay_kinds() {
	keeper_cluster plain 2
	keeper_cluster refused 2 | sed '/workerGroupSpecs/,$ s/256Mi/900Gi/'
	keeper_cluster failing 2
	keeper_cluster paused 2
	keeper_cluster born-paused 2 | sed 's/^  rayVersion/  suspend: true\n&/'
	keeper_cluster scaling 1 | sed 's/^  rayVersion/  enableInTreeAutoscaling: true\n&/'
	keeper_cluster slices 2 | sed 's/^    maxReplicas: .*/&\n    numOfHosts: 3/'
	keeper_cluster redis 1 |
		sed 's/^  rayVersion/  gcsFaultToleranceOptions: {redisAddress: "redis.storage.svc:6379"}\n&/'
	keeper_cluster rocksdb 1 |
		sed 's/^  rayVersion.*/  rayVersion: 2.56.0\n  gcsFaultToleranceOptions: {backend: rocksdb, storage: {size: 1Gi}}/'
	keeper_cluster secret 1 | sed 's/^  rayVersion: .*/  rayVersion: 2.53.0\n  authOptions: {mode: token}/'
	keeper_cluster serving 1 | sed 's/^metadata:/&\n  annotations: {ray.io\/enable-serve-service: "true"}/'
}

# kuberay_objects: what they have, each with its uid.
kuberay_objects() {
	kubectl get pods,services,serviceaccounts,roles,rolebindings,secrets,persistentvolumeclaims -o \
		'jsonpath={range .items[*]}{.kind} {.metadata.name} {.metadata.uid}{.metadata.deletionTimestamp}{"\n"}{end}' |
		grep -v 'ServiceAccount default' | sort
}

# kuberay_states: of all clusters, what the status says that is not of a moment.
kuberay_states() {
	kubectl get rayclusters.ray.io -o 'jsonpath={range .items[*]}{.metadata.name} {.status.state} {.status.head.podName} {.status.head.serviceName}{"\n"}{end}'
}

# kuberay_lost BEFORE AFTER: what was there before and is not any more.
kuberay_lost() {
	comm -23 "$1" "$2"
}

# kuberay_grow NAME REPLICAS, as Ray's autoscaler asks for more.
kuberay_grow() {
	kubectl patch rayclusters.ray.io "$1" --type json \
		-p "[{\"op\":\"replace\",\"path\":\"/spec/workerGroupSpecs/0/replicas\",\"value\":$2}]"
}

# kuberay_looks: KubeRay has come to every cluster, which an annotation makes it do.
kuberay_looks() {
	local before
	before=$(kuberay_rounds)
	kubectl annotate rayclusters.ray.io --all --overwrite "example.com/looked-at=$before" >/dev/null
	eventually kuberay_rounds_are $((before + $(kubectl get rayclusters.ray.io -o name | wc -l)))
}

kuberay_rounds() {
	curl -fsS "http://127.0.0.1:$(sed -n 1p "$E2E_STATE/kuberay-ports")/metrics" |
		awk '/^controller_runtime_reconcile_total\{controller="raycluster(-controller)?"/ { sum += $2 } END { print sum + 0 }'
}

kuberay_rounds_are() {
	[ "$(kuberay_rounds)" -ge "$1" ]
}
