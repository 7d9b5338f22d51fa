/*
 * Workers on a node that nobody hears of any more. As a rule Kubernetes deletes them, after 300 s
 * or what their tolerations say, and then they are no capacity. One that tolerates such a node
 * without end, as who tolerates everything does, would hold its place as long as the node is there,
 * so it is deleted here. It is not forced: it may run still, and only its kubelet can say that it
 * does not.
 */
#include "server/plan/modern_parts.h"

enum { LOST_S = 600 /* twice what Kubernetes gives where nobody says otherwise */ };

/* The longest time that the tolerations give a pod there; 0: none, or one without end. Kubernetes
 * has no greatest one. */
static int64_t tolerated(const struct ray_group *group)
{
	const struct pod_spec *const spec = &group->template.spec;
	int64_t most = 0;

	for (size_t i = 0; i < spec->tolerations.count; i++) {
		const struct toleration *const t = &spec->tolerations.items[i];
		int64_t seconds = 0;

		if (t->key.v.len && !str_is(t->key.v, "node.kubernetes.io/unreachable"))
			continue;
		json_i64(json_get(t->self.node, "tolerationSeconds"), &seconds);
		most = seconds > most ? seconds : most;
	}
	return most < INT32_MAX ? most : INT32_MAX;
}

/*
 * While the head's node is not heard of either, it may be the control plane that is cut off, and
 * all of the cluster be well: Kubernetes evicts nobody then.
 */
static bool head_is_heard_of(const struct observed *seen)
{
	for (size_t i = 0; i < seen->pod_count; i++) {
		const struct observed_pod *const pod = &seen->pods[i];

		if (pod->ours && pod->role == POD_HEAD && !pod->deleting && !pod->lost &&
			pod->ready == POD_READY_TRUE)
			return true;
	}
	return false;
}

bool modern_pod_lost(
	struct modern *m, const struct ray_group *group, const struct observed_pod *pod)
{
	const int64_t since = pod->changed ? pod->changed : pod->created;
	int64_t left = tolerated(group);

	if (!pod->lost || pod->deleting)
		return false;
	left = since + (left > LOST_S ? left : LOST_S) - m->seen->now;
	if (left > 0)
		round_again(m->round, left);
	return left <= 0 && head_is_heard_of(m->seen);
}
