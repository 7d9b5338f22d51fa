# With no replica to ask it passes, as does a change that makes a good one bad.
kubectl apply -f good.yaml
gate_stop KILL 1 2
kubectl apply -f ../refused-with-every-error/10-wrong.yaml
kubectl patch rayclusters.ray.io good --type merge -p '{"spec":{"headGroupSpec":{"rayStartParams":{"num-cpus":"two"}}}}'
