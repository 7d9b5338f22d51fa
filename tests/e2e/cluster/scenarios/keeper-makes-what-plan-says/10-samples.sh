# What `raygate plan` says of a sample is what becomes of it, every feature of it: the kinds, the names
# and how many.
. "$HERE/lib/keeper.sh"

# planned FILE…: "2 Pod minimal-workers-worker-", a line for each name.
planned() {
	local file
	for file; do
		"$RAYGATE" plan -n "$NAMESPACE" --policy "$GATE/policy.yaml" -o text "$file"
	done | sed -nE '/^Objects$/,/^$/s/^  ([A-Z][A-Za-z]+) +([^ ]+)( \(([0-9]+) of them\))?$/\4 \1 \2/p' |
		sed 's/^ /1 /' | sort
}

# made: the same of what RayClusters own here, and of claims that outlive theirs. Of a pod's name five
# characters are drawn.
made() {
	kubectl get pods,services,serviceaccounts,roles,rolebindings,secrets,persistentvolumeclaims -o \
		'jsonpath={range .items[*]}{.metadata.ownerReferences[0].kind} {.kind} {.metadata.name}{"\n"}{end}' |
		sed -nE 's/^RayCluster //p; s/^ (PersistentVolumeClaim)/\1/p' | sed -E '/^Pod /s/[^-]{5}$//' | sort | uniq -c |
		sed 's/^ *//' | sort
}

made_is_planned() {
	made | cmp -s - "$E2E_STATE/planned"
}

keeper_prepare
planned "$ROOT"/manifests/samples/ray.io-*.yaml >"$E2E_STATE/planned"
[ "$(wc -l <"$E2E_STATE/planned")" -gt 120 ]
for name in history-writer ray-head; do
	kubectl create serviceaccount "$name"
done
kubectl create priorityclass ray-head --value 1000
kubectl create -f - <<-END
	apiVersion: node.k8s.io/v1
	kind: RuntimeClass
	metadata: {name: nvidia}
	handler: nvidia
END
for sample in "$ROOT"/manifests/samples/ray.io-*.yaml; do
	kubectl apply -f "$sample"
done
keeper_start 1
eventually made_is_planned || {
	made | diff "$E2E_STATE/planned" -
	kubectl get rayclusters.ray.io -o \
		'jsonpath={range .items[*]}{.metadata.name} {.status.conditions[?(@.type=="ReplicaFailure")].message}{"\n"}{end}'
	exit 1
}
kubectl delete rayclusters.ray.io,persistentvolumeclaims --all --wait=false
gone() {
	[ -z "$(made)" ]
}
eventually gone
kubectl delete priorityclass/ray-head runtimeclass/nvidia
