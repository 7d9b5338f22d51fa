# All of it can be deleted, with what KubeRay put there as a finalizer.
. "$HERE/lib/kuberay.sh"
nothing_left() {
	[ -z "$(kubectl get rayclusters.ray.io,pods,services,roles,rolebindings,persistentvolumeclaims -o name)" ]
}
kubectl delete rayclusters.ray.io --all --wait=false
eventually nothing_left
