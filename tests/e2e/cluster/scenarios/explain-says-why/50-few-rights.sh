. ./lib.sh
# Somebody who may read RayClusters and pods alone.
kubectl create serviceaccount reader >/dev/null
kubectl create role reader --verb=get,list --resource=rayclusters.ray.io,pods >/dev/null
kubectl create rolebinding reader --role=reader --serviceaccount="$NAMESPACE:reader" >/dev/null
eventually kubectl auth can-i list pods --as "system:serviceaccount:$NAMESPACE:reader"
token=$(kubectl create token reader)
cat >"$E2E_STATE/reader" <<-END
	apiVersion: v1
	kind: Config
	current-context: reader
	contexts: [{name: reader, context: {cluster: reader, user: reader}}]
	clusters:
	- name: reader
	  cluster: {server: "$(<"$E2E_STATE/api-url")", certificate-authority: $E2E_STATE/pki/ca.crt}
	users: [{name: reader, user: {token: $token}}]
END
explain large --kubeconfig "$E2E_STATE/reader" | cut -d: -f1-4
