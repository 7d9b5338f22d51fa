# shellcheck shell=bash
# The program with its controller, as it runs in a cluster without KubeRay: the replicas of
# live_gate.sh, and no webhooks in front of them, so that what is applied is judged by them alone.
# shellcheck source=live_gate.sh
. "$HERE/lib/live_gate.sh"

KEEPER_VALUES=$HERE/lib/keeper-values.yaml

# keeper_prepare: our own CRD, account and rights, nobody registered.
keeper_prepare() {
	gate_unregister
	crds_ours
	live_prepare "$HERE/lib/values.yaml" "$KEEPER_VALUES" "$@"
	eventually gate_may create pods --all-namespaces
	gate_policy "$HERE/lib/values.yaml" "$KEEPER_VALUES" "$@"
}

# keeper_start N…: replicas; waits until one of them reconciles.
keeper_start() {
	keeper_begin "$@"
	eventually keeper_works
}

keeper_begin() {
	local n
	for n; do
		gate_serve "$n" --webhook-configuration '' --webhook-hosts 127.0.0.1 --grace-period 0s \
			--log-level debug
	done
	gate_await "$@"
}

keeper_works() {
	[ "$(live_metric "$(live_leader)" 'raygate_controller_active{group="ray.io"}')" = 1 ]
}

# keeper_state NAME: of a RayCluster.
keeper_state() {
	kubectl get rayclusters.ray.io "$1" -o 'jsonpath={.status.state}'
}

keeper_is() {
	[ "$(keeper_state "$1")" = "$2" ]
}

# keeper_pods NAME: how many it has that are not on their way out.
keeper_pods() {
	kubectl get pods -l "ray.io/cluster=$1" -o \
		'jsonpath={range .items[*]}{.metadata.deletionTimestamp}{"x\n"}{end}' | grep -cx x
}

keeper_has() {
	[ "$(keeper_pods "$1")" = "$2" ]
}

keeper_has_some() {
	[ "$(keeper_pods "$1")" -ge "$2" ]
}

# keeper_has_any N: pods of whatever cluster.
keeper_has_any() {
	[ "$(kubectl get pods -l ray.io/cluster -o name | wc -l)" -ge "$1" ]
}

# What the controller wrote until now, Events not counted.
keeper_writes() {
	curl -fsS "http://$(gate_ops "$(live_leader)")/metrics" |
		awk '/^raygate_controller_actions_total/ { sum += $2 } END { print sum }'
}

keeper_yields() {
	curl -fsS "http://$(gate_ops 1)/readyz?verbose" | grep -F 'ray.io: left to'
}

# keeper_cluster NAME WORKERS: a RayCluster whose pods ask for little, as YAML.
keeper_cluster() {
	sed "s/name: minimal/name: $1/; s/replicas: 1/replicas: $2/; s/maxReplicas: 3/maxReplicas: 500/;
		s/cpu: \"1\"/cpu: 100m/; s/2Gi/256Mi/" "$ROOT/manifests/samples/ray.io-minimal.yaml"
	echo ---
}

# keeper_runs NAME PODS
keeper_runs() {
	[ "$(kubectl get pods -l "ray.io/cluster=$1" -o \
		'jsonpath={range .items[*]}{.status.phase}{"\n"}{end}' | grep -cx Running)" = "$2" ]
}

# keeper_complete NAME PODS: waits until so many run; shows what there is of it when they do not.
keeper_complete() {
	eventually keeper_runs "$1" "$2" && return
	kubectl get pods -l "ray.io/cluster=$1" -o wide
	kubectl get rayclusters.ray.io "$1" -o 'jsonpath={.status}{"\n"}'
	grep "\"rayCluster\":\"$1\"" "$E2E_STATE"/log/gate-* | cut -c1-400
	return 1
}

# keeper_tells_what_is: of all clusters, the status is of this generation, names the head that there is and
# counts the workers that there are.
keeper_tells_what_is() {
	kubectl get rayclusters.ray.io -o 'jsonpath={range .items[*]}{.metadata.name} {.status.state} {.metadata.generation} {.status.head.podName} {.status.head.podIP} {.status.availableWorkerReplicas} {.status.readyWorkerReplicas}{"\n"}{end}' |
		sort >"$E2E_STATE/told"
	{
		kubectl get rayclusters.ray.io -o 'jsonpath={range .items[*]}{.metadata.name} cluster {.status.observedGeneration}{"\n"}{end}'
		kubectl get pods -l ray.io/cluster -o 'jsonpath={range .items[*]}{.metadata.labels.ray\.io/cluster} {.metadata.labels.ray\.io/node-type} {.metadata.name} {.status.podIP} {.status.phase} {.status.conditions[?(@.type=="Ready")].status}{"\n"}{end}'
	} | awk '
		$2 == "cluster" { generation[$1] = $3 }
		$2 == "head" { head[$1] = $3 " " $4; heads[$1]++ }
		$2 == "worker" { running[$1] += $5 == "Running"; ready[$1] += $6 == "True" }
		END {
			for (c in generation)
				print c, heads[c] == 1 ? "ready" : "not", generation[c], head[c], running[c] + 0, ready[c] + 0
		}' | sort >"$E2E_STATE/is"
	[ -s "$E2E_STATE/is" ] && cmp "$E2E_STATE/told" "$E2E_STATE/is"
}

# keeper_gone POD
keeper_gone() {
	[ -z "$(kubectl get pods --field-selector "metadata.name=$1" -o name)" ]
}

# keeper_service_is NAME TYPE
keeper_service_is() {
	[ "$(kubectl get service "$1" -o 'jsonpath={.spec.type}')" = "$2" ]
}
