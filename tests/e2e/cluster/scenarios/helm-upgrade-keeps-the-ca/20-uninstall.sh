# Nothing of the whole cluster is left, but for the CRD, with which all its objects would go.
helm uninstall raygate --namespace "$NAMESPACE" --wait >/dev/null
kubectl get clusterrole,clusterrolebinding,mutatingwebhookconfiguration,validatingwebhookconfiguration -o name |
	grep raygate || echo nothing is left
kubectl delete crd rayclusters.cluster.ray.io
