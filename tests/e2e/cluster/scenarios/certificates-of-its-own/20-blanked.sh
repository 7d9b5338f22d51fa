# Somebody blanks a caBundle; the leader puts it back.
. "$HERE/lib/live_gate.sh"
bundle() {
	kubectl get mutatingwebhookconfiguration raygate \
		-o 'jsonpath={.webhooks[0].clientConfig.caBundle}'
}
bundle_is_back() {
	[ -n "$(bundle)" ]
}
kubectl patch mutatingwebhookconfiguration raygate --type=json \
	-p '[{"op":"remove","path":"/webhooks/0/clientConfig/caBundle"}]'
eventually bundle_is_back
for n in 1 2; do
	eventually gate_ready "$n"
done
