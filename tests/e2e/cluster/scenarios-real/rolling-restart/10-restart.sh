# Under Fail, behind the Service, and not one apply fails: what ends says so first and answers until
# its endpoint is gone and its clients have left; what comes is ready before it.
gone() {
	! kubectl -n "$GATE_NAMESPACE" get "${old[@]}"
}
mapfile -t old < <(gate_pods)
storm_start
kubectl -n "$GATE_NAMESPACE" rollout restart deployment raygate >/dev/null
kubectl -n "$GATE_NAMESPACE" rollout status deployment raygate --timeout "${PATIENCE}s" >/dev/null
eventually gone
storm_stop
[ "$failed" = 0 ] && [ "$sent" -gt 20 ]
