# The tests of server/kube that are skipped where there is no such cluster.
RAYGATE_ROOT=$ROOT "$ROOT/build/debug/e2e" --filter 'live*/*'
kubectl delete namespace raygate-live --timeout "${PATIENCE}s"
