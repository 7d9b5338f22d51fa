kubectl wait --for condition=Ready pod/head pod/worker --timeout "${PATIENCE}s"
kubectl exec head -c ray-head -- python -c '
import ray
ray.init(address="auto", log_to_driver=False)
@ray.remote(resources={"there": 1})
def where():
    import socket
    return socket.gethostname()
print("ran on", ray.get(where.remote(), timeout='"$PATIENCE"'))' 2>/dev/null
