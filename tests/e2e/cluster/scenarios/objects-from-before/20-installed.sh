gate_configure ../../lib/values.yaml ../deletes-pass-under-fail/values.yaml
kubectl apply -f ../refused-with-every-error/10-wrong.yaml | sed 's/configured/unchanged/'
