# The whole chart, from one set of values to the next: what Raygate wrote into the webhooks stays. The
# pods are simulated, so a CA is put there by hand. The namespace takes none but restricted ones.
kubectl label namespace "$NAMESPACE" pod-security.kubernetes.io/enforce=restricted >/dev/null
gate_unregister
# The release has roles of the names that the harness has given rights by.
gate_stop KILL 1 2
kubectl delete clusterrole,clusterrolebinding raygate >/dev/null
release() {
	helm upgrade --install "$@" raygate "$CHART" --namespace "$NAMESPACE" >/dev/null
}
# What both webhooks have: the beginning of the CA, and where they lead.
webhooks() {
	kubectl get mutatingwebhookconfiguration,validatingwebhookconfiguration raygate -o json |
		grep -E '"(caBundle|failurePolicy|url)":|"service":' | sed 's/^ *//; s/\("caBundle": "....\).*/\1/'
}
release
kubectl rollout status deployment raygate --timeout "${PATIENCE}s" | tail -n 1
helm get hooks raygate --namespace "$NAMESPACE" | kubectl create --dry-run=server -f - # of helm test
for kind in mutating validating; do
	kubectl patch "${kind}webhookconfiguration" raygate --type json -p "[{\"op\": \"add\",
		\"path\": \"/webhooks/0/clientConfig/caBundle\", \"value\": \"$(base64 -w0 "$E2E_STATE/pki/ca.crt")\"}]"
done
for values in policy boundary existing-secret; do
	echo "--- $values"
	release -f "$CHART/ci/$values-values.yaml"
	webhooks
done
echo '--- by URL'
release --set webhook.url=https://127.0.0.1:4443
webhooks
echo '--- enforced, by the Service again'
release --reset-values --set enforcement=deny
webhooks
