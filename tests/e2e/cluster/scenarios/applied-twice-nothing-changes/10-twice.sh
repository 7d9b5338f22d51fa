# Defaults are filled in at the first apply; the second, of the same file, changes nothing.
versions() {
	kubectl get rayclusters.ray.io -o jsonpath='{range .items[*]}{.metadata.name} {.metadata.generation} {.metadata.resourceVersion}{"\n"}{end}'
}

# twice FLAG…
twice() {
	local before
	kubectl apply "$@" -f "$manifest" >/dev/null
	before=$(versions)
	kubectl apply "$@" -f "$manifest" >/dev/null
	kubectl diff "$@" -f "$manifest"
	[ "$(versions)" = "$before" ]
}
for manifest in "$ROOT"/manifests/samples/ray.io-{defaulted,minimal,autoscaling-v2}.yaml; do
	twice
	kubectl delete --wait=false -f "$manifest" >/dev/null
	twice --server-side
done
kubectl get rayclusters.ray.io -o 'custom-columns=NAME:.metadata.name,GENERATION:.metadata.generation,HEAD:.spec.headGroupSpec.template.spec.containers[*].resources.limits.cpu,WORKERS:.spec.workerGroupSpecs[*].template.spec.containers[*].resources.limits.cpu'
