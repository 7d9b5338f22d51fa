# Two that never answer, one after the other, and without which a pod may be made all the same: it takes
# as long as both are waited for, which is longer than a write is usually given.
. ./lib.sh
start_deaf silent
for kind in Mutating Validating; do
	kubectl apply -f - <<-END
		apiVersion: admissionregistration.k8s.io/v1
		kind: ${kind}WebhookConfiguration
		metadata: {name: pods-of-slow}
		webhooks:
		- name: pods.example.com
		  admissionReviewVersions: [v1]
		  sideEffects: None
		  failurePolicy: Ignore
		  timeoutSeconds: 7
		  clientConfig: {url: "https://127.0.0.1:$(<"$E2E_STATE/log/silent")/"}
		  rules: [{apiGroups: [""], apiVersions: [v1], operations: [CREATE], resources: [pods]}]
		  objectSelector: {matchLabels: {ray.io/cluster: slow}}
	END
done

# takes_long: so does a pod of anybody's.
takes_long() {
	local from
	from=$(now_ms)
	kubectl run probe --image none --labels ray.io/cluster=slow --dry-run=server
	[ $(($(now_ms) - from)) -ge 13000 ]
}

eventually takes_long
keeper_cluster slow 1 | kubectl apply -f -
keeper_complete slow 2
eventually keeper_is slow ready
[ "$(pods_made slow)" = 2 ]
kubectl delete mutatingwebhookconfiguration,validatingwebhookconfiguration pods-of-slow
stop silent
kubectl delete rayclusters.ray.io slow
