"""nodes.py N: a program of Ray that works on N nodes at once, each of one CPU, and says on which."""
import socket
import sys

import ray

ray.init(address="auto", log_to_driver=False)


# A node that seems idle while it starts is taken away: then another one does.
@ray.remote(num_cpus=1, max_restarts=-1, max_task_retries=-1)
class Worker:
    def where(self):
        return socket.gethostname()


workers = [Worker.remote() for _ in range(int(sys.argv[1]))]
nodes = set(ray.get([w.where.remote() for w in workers], timeout=280))
print(len(nodes), "nodes,", sum("-worker-" in n for n in nodes), "of them workers")
