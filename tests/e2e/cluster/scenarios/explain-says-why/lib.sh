# shellcheck shell=bash
# made NAME CPU: a RayCluster whose workers ask for CPU, and the pods that a controller would make.
# Its status says that one was there. What the gate warns of is not looked at here.
made() {
	sed "s/NAME/$1/; s/CPU/$2/g" cluster.yaml | kubectl apply -f - >/dev/null 2> >(grep -v ^Warning >&2)
	kubectl patch rayclusters.ray.io "$1" --subresource status --type merge \
		-p '{"status":{"state":""}}' >/dev/null
	kubectl get rayclusters.ray.io "$1" -o json | "$RAYGATE" plan -o json - |
		kubectl create --validate=false -f - >/dev/null 2>&1 || true
}

# ready NAME NUMBER: so many of its pods are.
ready() {
	[ "$(kubectl get pods -l "ray.io/cluster=$1" -o \
		'jsonpath={.items[*].status.conditions[?(@.type=="Ready")].status}' | wc -w)" = "$2" ]
}

unscheduled() {
	kubectl get pods -l "ray.io/cluster=$1" -o \
		'jsonpath={.items[*].status.conditions[?(@.type=="PodScheduled")].reason}' |
		grep -q Unschedulable
}

# has_endpoint NAME: of the head's Service.
has_endpoint() {
	kubectl get endpointslices -l "kubernetes.io/service-name=$1-head-svc" -o \
		'jsonpath={.items[*].endpoints[*].conditions.ready}' | grep -q true
}

# explain WORD…: without what differs from run to run: names of pods and ages.
explain() {
	local code=0
	"$RAYGATE" explain -n "$NAMESPACE" "$@" >"$E2E_STATE/explained" || code=$?
	sed -E 's/-[a-z0-9]{5}( and|, for|$)/-XXXXX\1/; s/for [0-9]+[smh]/for TIME/g' "$E2E_STATE/explained"
	echo "exit code $code"
}
