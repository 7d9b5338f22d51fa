# cert-manager issues by the chart's own issuer, and its injector makes the webhooks trust it, without which
# no replica is ready.
. "$HERE/lib/live_gate.sh"
. "$HERE/lib/cert_manager.sh"
live_prepare "$HERE/lib/values.yaml" values.yaml
cert_manager_start
gate_render certificate.yaml "$HERE/lib/values.yaml" values.yaml | kubectl apply -f -
eventually cert_manager_issued ''
cert_manager_mount
cert_manager_serve 1 2
