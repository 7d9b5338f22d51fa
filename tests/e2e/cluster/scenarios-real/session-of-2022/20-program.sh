# A program that is handed to the head uses the workers: each task wants the one CPU of a node.
. "$HERE/lib/legacy.sh"
head=$(head_of example-cluster)
kubectl -n ray exec "$head" -- python -c '
import ray, socket, time
ray.init(address="auto", log_to_driver=False)
@ray.remote(num_cpus=1)
def where():
    time.sleep(3)
    return socket.gethostname()
nodes = ray.get([where.remote() for _ in range(6)], timeout=120)
print(len(set(nodes)), "nodes,", len([n for n in set(nodes) if "-ray-worker-type-" in n]), "of them workers")' 2>"$E2E_STATE/program" || { tail -n 5 "$E2E_STATE/program"; exit 1; }
