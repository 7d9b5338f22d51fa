! kubectl create -f ../refused-with-every-error/10-wrong.yaml 2>&1 | grep 'is invalid'
