# RayClusters that kustomize puts together get their defaults; the second time nothing changes; and what
# an overlay does wrong is told, beside what is right.
versions() {
	kubectl get rayclusters.ray.io -o 'jsonpath={range .items[*]}{.metadata.generation} {.metadata.resourceVersion} {end}'
}
exec 2> >(grep -v ^Warning >&2)
kubectl apply -k clusters
kubectl get rayclusters.ray.io -l example.com/team=a -o 'custom-columns=NAME:.metadata.name,HEAD:.spec.headGroupSpec.template.spec.containers[*].resources.limits.cpu,WORKERS:.spec.workerGroupSpecs[*].replicas,EACH:.spec.workerGroupSpecs[*].template.spec.containers[*].resources.limits.cpu'
before=$(versions)
kubectl apply -k clusters >/dev/null
kubectl diff -k clusters
[ "$(versions)" = "$before" ]
cp -r clusters "$E2E_STATE/clusters"
sed -i 's/team-/other-/; s|/replicas", "value": 2|/minReplicas", "value": 4|' "$E2E_STATE/clusters/kustomization.yaml"
! kubectl apply -k "$E2E_STATE/clusters" 2>&1 | grep -v ^Warning
kubectl delete -k clusters --wait=false
