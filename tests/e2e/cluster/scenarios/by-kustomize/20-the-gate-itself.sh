# What stands for the chart where there is no helm: its pods start in a namespace that takes none but
# restricted ones.
gate_unregister
gate_stop KILL 1 2
kubectl delete clusterrole,clusterrolebinding raygate >/dev/null
kubectl apply -k "$ROOT/manifests/kustomize" >/dev/null
kubectl get namespace raygate-system -o 'jsonpath={.metadata.labels.pod-security\.kubernetes\.io/enforce}{"\n"}'
kubectl -n raygate-system rollout status deployment raygate --timeout "${PATIENCE}s" | tail -n 1
kubectl delete -k "$ROOT/manifests/kustomize" --timeout "${PATIENCE}s" >/dev/null
