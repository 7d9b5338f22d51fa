# Nobody injects: a replica that the webhooks do not trust says so, and patches nothing.
. "$HERE/lib/live_gate.sh"
. "$HERE/lib/cert_manager.sh"
unready() {
	! curl -fsS "http://$(gate_ops "$1")/readyz"
}
stop cert-manager-inject
kubectl patch mutatingwebhookconfiguration raygate --type=json \
	-p '[{"op":"remove","path":"/webhooks/0/clientConfig/caBundle"}]'
for n in 1 2; do
	eventually unready "$n"
done
curl -sS "http://$(gate_ops 1)/readyz" | grep ca-bundle
cert_manager_inject
for n in 1 2; do
	eventually gate_ready "$n"
done
cert_manager_stop
