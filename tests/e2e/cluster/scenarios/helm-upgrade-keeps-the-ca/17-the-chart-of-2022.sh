# The operator of the other chart is a restricted one, too.
helm install operator "$ROOT/manifests/charts/ray" --namespace "$NAMESPACE" --set operatorOnly=true \
	--set operatorNamespace="$NAMESPACE" >/dev/null
kubectl rollout status deployment ray-operator --timeout "${PATIENCE}s" | tail -n 1
helm uninstall operator --namespace "$NAMESPACE" --wait
