# Whatever of the samples KubeRay's CRD takes, ours takes too, and stores the same.
# KUBERAY_CRDS is a folder of another version's. A group's priority, with its default, came with 1.7.
specs() {
	kubectl create --dry-run=server -f "$ROOT/manifests/samples/" \
		-o 'jsonpath={.kind} {.metadata.name} {.spec}{"\n"}' 2>/dev/null |
		grep '^RayCluster ' | sed 's/"priority":0,//g' | sort || true
}
specs >"$E2E_STATE/specs-theirs"
crds_ours
specs >"$E2E_STATE/specs-ours"
tell "$(wc -l <"$E2E_STATE/specs-theirs") of $(wc -l <"$E2E_STATE/specs-ours") are known to KubeRay's"
[ "$(wc -l <"$E2E_STATE/specs-theirs")" -gt 10 ]
# So old a manifest has no other kind: it is stored as v1, whoever asks for it.
sed 's|ray.io/v1$|ray.io/v1alpha1|' "$ROOT/manifests/samples/ray.io-minimal.yaml" | kubectl create -f -
[ "$(kubectl get rayclusters.v1.ray.io minimal -o 'jsonpath={.apiVersion}')" = ray.io/v1 ]
! comm -23 "$E2E_STATE/specs-theirs" "$E2E_STATE/specs-ours" | grep .
