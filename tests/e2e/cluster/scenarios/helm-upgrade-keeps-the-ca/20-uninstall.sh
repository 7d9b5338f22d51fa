# Nothing of the whole cluster is left.
helm uninstall raygate --namespace "$NAMESPACE" --wait >/dev/null
kubectl get clusterrole,clusterrolebinding,mutatingwebhookconfiguration,validatingwebhookconfiguration -o name |
	grep raygate || echo nothing is left
