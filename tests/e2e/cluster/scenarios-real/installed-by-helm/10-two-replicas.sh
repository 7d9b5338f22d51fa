kubectl -n "$GATE_NAMESPACE" get deployment raygate -o 'custom-columns=NAME:.metadata.name,READY:.status.readyReplicas'
