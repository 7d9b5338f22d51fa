# The one command of the README.
kubectl delete validatingwebhookconfiguration,mutatingwebhookconfiguration raygate
eventually wrong_object_is 201
kubectl apply -f "$ROOT/manifests/samples/ray.io-minimal.yaml"
rm "$GATE/webhooks.yaml"
