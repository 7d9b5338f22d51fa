# The gate is opened by hand, and closed again: who is refused then, is for seconds. The helm that made the
# webhooks knows no caBundle.
. "$HERE/lib/live_gate.sh"
kubectl delete validatingwebhookconfigurations,mutatingwebhookconfigurations raygate
eventually wrong_object_is 201
began=$(now_ms)
gate_render webhooks.yaml "$HERE/lib/values.yaml" values.yaml | kubectl create -f -
eventually wrong_object_is 422
tell "closed again and answering after $(($(now_ms) - began)) ms"
for n in 1 2; do
	eventually gate_ready "$n"
done
