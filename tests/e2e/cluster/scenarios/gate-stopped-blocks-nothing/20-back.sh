gate_start 1 2
within 20 wrong_object_is 422
kubectl apply -f ../refused-with-every-error/10-wrong.yaml 2>&1 | grep 'is invalid'
