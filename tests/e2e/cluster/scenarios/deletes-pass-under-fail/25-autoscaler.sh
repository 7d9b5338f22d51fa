# Ray's autoscaler goes on scaling its own cluster, as KubeRay's account or as the one that the head
# names; not another's.
kubectl create role scaler --verb get,patch --resource rayclusters.ray.io >/dev/null
for account in notebook minimal training; do
	kubectl create serviceaccount "$account" >/dev/null
	kubectl create rolebinding "$account" --role scaler \
		--serviceaccount "$NAMESPACE:$account" >/dev/null
done
# scale ACCOUNT CLUSTER
scale() {
	kubectl patch rayclusters.ray.io "$2" --as "system:serviceaccount:$NAMESPACE:$1" \
		--type merge -p "{\"metadata\":{\"annotations\":{\"scaled\":\"by-$1\"}}}" 2>&1 |
		sed 's/.*failed calling webhook.*/refused/' || true
}
eventually kubectl get rayclusters.ray.io minimal --as "system:serviceaccount:$NAMESPACE:training"
scale minimal minimal
scale notebook minimal
scale training notebook
scale notebook notebook
