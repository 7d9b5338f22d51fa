# The claim of a GCS that keeps its state: owned or not as its policy says by now, made anew when it
# is gone; what no change of the spec reaches is told.
. "$HERE/lib/keeper.sh"
claim() {
	kubectl get persistentvolumeclaim store-gcs-pvc -o "jsonpath={$1}"
}
owned_by() {
	[ "$(claim '.metadata.ownerReferences[*].name')" = "$1" ]
}
store() {
	kubectl patch rayclusters.ray.io store --type merge -p "{\"spec\":$1}"
}
supported_says() {
	kubectl get rayclusters.ray.io store -o 'jsonpath={.status.conditions[?(@.type=="Supported")].message}' |
		grep -F "$1"
}
is_another() {
	[ "$(claim .metadata.uid)" != "$1" ]
}

sed 's/name: minimal/name: store/; s/^  rayVersion/  gcsFaultToleranceOptions: {backend: rocksdb}\n  rayVersion/' \
	"$ROOT/manifests/samples/ray.io-minimal.yaml" | kubectl apply -f -
eventually owned_by store
store '{"gcsFaultToleranceOptions":{"storage":{"deletionPolicy":"Retain"}}}'
eventually owned_by ''
store '{"gcsFaultToleranceOptions":{"storage":{"deletionPolicy":"DeleteWithCluster","size":"5Gi"}}}'
eventually owned_by store
eventually supported_says 'changing PersistentVolumeClaim "store-gcs-pvc" (its size is 1Gi, not 5Gi'
store '{"headGroupSpec":{"serviceType":"NodePort"}}'
eventually supported_says 'changing Service "store-head-svc" (its type is ClusterIP, not NodePort'

# Deleted by hand they come back as the spec has them; the claim once no pod holds it any more.
kubectl delete service store-head-svc
eventually keeper_service_is store-head-svc NodePort
uid=$(claim .metadata.uid)
kubectl delete persistentvolumeclaim store-gcs-pvc --wait=false
kubectl delete pods -l ray.io/cluster=store --wait=false
eventually is_another "$uid"
[ "$(claim .spec.resources.requests.storage)" = 5Gi ]
owned_by store
kubectl delete rayclusters.ray.io store
