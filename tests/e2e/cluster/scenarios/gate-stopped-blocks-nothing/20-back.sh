gate_start 1 2
eventually wrong_object_is 422
kubectl apply -f ../refused-with-every-error/10-wrong.yaml 2>&1 | grep 'is invalid'
