helm test raygate -n "$GATE_NAMESPACE" --timeout "${PATIENCE}s"
