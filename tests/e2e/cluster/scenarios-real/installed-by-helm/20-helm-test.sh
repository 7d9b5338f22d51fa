helm test raygate -n "$GATE_NAMESPACE" --timeout 60s
