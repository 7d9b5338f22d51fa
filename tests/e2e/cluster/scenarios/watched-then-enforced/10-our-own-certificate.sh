# A certificate that somebody else has made, in a Secret that the chart mounts. The replicas have the
# chart's arguments; that they are ready says that they have made the webhooks trust its CA.
. "$HERE/lib/live_gate.sh"
live_prepare "$HERE/lib/values.yaml" values.yaml
mapfile -t arguments < <(gate_render deployment.yaml "$HERE/lib/values.yaml" values.yaml |
	sed -n 's/^        - \(--.*\)/\1/p' | grep -v -e bind-address -e '^--policy' -e '^--cert-dir=/etc/raygate-certs$')
for kind in mutating validating; do
	kubectl patch "${kind}webhookconfiguration" raygate --type json \
		-p '[{"op": "remove", "path": "/webhooks/0/clientConfig/caBundle"}]'
done
for n in 1 2; do
	gate_serve "$n" "${arguments[@]}" --cert-dir "$GATE/certs"
done
gate_await 1 2
