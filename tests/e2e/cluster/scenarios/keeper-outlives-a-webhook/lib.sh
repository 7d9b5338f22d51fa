# shellcheck shell=bash
. "$HERE/lib/keeper.sh"

# start_deaf NAME: somebody who never answers; the port is what its log has.
start_deaf() {
	start "$1" python3 -c 'import socket, signal
s = socket.create_server(("127.0.0.1", 0), backlog=512)
print(s.getsockname()[1], flush=True)
signal.pause()'
	eventually grep . "$E2E_STATE/log/$1"
}

# webhook URL NAME: one for the pods of that RayCluster, without which there is none.
webhook() {
	kubectl apply -f - <<-END
		apiVersion: admissionregistration.k8s.io/v1
		kind: ValidatingWebhookConfiguration
		metadata: {name: pods-of-$2}
		webhooks:
		- name: pods.example.com
		  admissionReviewVersions: [v1]
		  sideEffects: None
		  failurePolicy: Fail
		  timeoutSeconds: 10
		  clientConfig: {url: "$1"}
		  rules: [{apiGroups: [""], apiVersions: [v1], operations: [CREATE], resources: [pods]}]
		  objectSelector: {matchLabels: {ray.io/cluster: "$2"}}
	END
	eventually webhook_refuses "$2"
}

# The API server has heard of it.
webhook_refuses() {
	! kubectl run probe --image none --labels "ray.io/cluster=$1" --dry-run=server
}

webhook_end() {
	kubectl delete validatingwebhookconfiguration "pods-of-$1"
	eventually kubectl run probe --image none --labels "ray.io/cluster=$1" --dry-run=server
}

# failure NAME: what its condition says of pods that cannot be made.
failure() {
	kubectl get rayclusters.ray.io "$1" \
		-o 'jsonpath={.status.conditions[?(@.type=="ReplicaFailure")].message}'
}

failure_is_told() {
	failure "$1" | grep -F 'failed calling webhook "pods.example.com"'
}

# Of the head or of a worker, whichever failed first.
event_tells() {
	kubectl get events -o 'jsonpath={range .items[*]}{.reason}: {.message}{"\n"}{end}' |
		grep -E '^FailedToCreate(Head|Worker)Pod: .*failed calling webhook "pods.example.com"'
}

# pods_made NAME: by the operator, in all.
pods_made() {
	grep -c "\"created\".*\"kind\":\"Pod\".*\"rayCluster\":\"$1\"" "$E2E_STATE/log/gate-1"
}

# tried N: so often nobody has answered for a pod.
tried() {
	[ "$(live_metric 1 'raygate_controller_actions_total{action="create",result="unanswered"}')" -ge "$1" ]
}
