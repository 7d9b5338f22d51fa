# That the API server takes it, no more: the plug-in that makes this node's network keeps no policies.
kubectl -n "$GATE_NAMESPACE" get networkpolicy raygate -o 'custom-columns=NAME:.metadata.name,TYPES:.spec.policyTypes[*],IN:.spec.ingress[*].ports[*].port,OUT:.spec.egress[*].ports[*].port'
