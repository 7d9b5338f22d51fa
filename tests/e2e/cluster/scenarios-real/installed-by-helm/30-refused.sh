kubectl apply -f "$HERE/scenarios/refused-with-every-error/10-wrong.yaml"
