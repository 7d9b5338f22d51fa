# Where KubeRay has brought its CRD that one is left as it is, by upgrades, too. The other one is brought.
crd() {
	kubectl get crd "$1" -o 'jsonpath={.metadata.uid} {.metadata.resourceVersion}'
}
crds_none rayclusters.cluster.ray.io
before=$(crd rayclusters.ray.io)
for _ in 1 2; do
	helm upgrade --install raygate "$CHART" --namespace "$NAMESPACE" --set crds.install=true >/dev/null
	helm get manifest raygate --namespace "$NAMESPACE" | grep -A 30 '^kind: CustomResourceDefinition' | grep '^  name:'
done
[ "$(crd rayclusters.ray.io)" = "$before" ]
