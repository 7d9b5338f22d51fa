# One thing is left, the Secret that Raygate made; and nothing is refused any more, at once.
helm uninstall raygate -n "$GATE_NAMESPACE"
kubectl apply -f "$HERE/scenarios/refused-with-every-error/10-wrong.yaml"
kinds=deployment,service,configmap,secret,serviceaccount,role,rolebinding,networkpolicy,poddisruptionbudget
kubectl -n "$GATE_NAMESPACE" get "$kinds" -o name | grep -vxE 'configmap/kube-root-ca.crt|serviceaccount/default'
kinds=clusterrole,clusterrolebinding,mutatingwebhookconfiguration,validatingwebhookconfiguration
kubectl get "$kinds" -o name | grep raygate || true
