/*
 * Pods that are missing and that nobody makes: the spec is refused, and what was accepted before it
 * is not known any more. They are told by group, and what to do.
 */
#include "server/children/legacy_size.h"
#include "server/plan/modern_parts.h"
#include "server/plan/status_parts.h"

#define UNKNOWN "what was accepted is not known since a restart"
#define UNREAD  "what was accepted cannot be read from its ControllerRevision just now"
#define REMEDY  "of a spec that is refused no pod is made: apply one that is accepted"

static bool is_of(const struct observed_pod *pod, struct str group)
{
	return pod->ours && pod->role != POD_CLEANUP && str_eq(pod->group, group);
}

static int64_t count_there(const struct observed *seen, struct str group)
{
	int64_t count = 0;

	for (size_t i = 0; i < seen->pod_count; i++) {
		const struct observed_pod *const pod = &seen->pods[i];

		count += is_of(pod, group) && !pod->deleting && !modern_pod_failed(pod);
	}
	return count;
}

/* Of the pods that are there: how many a replica has the refused spec need not say. */
static int64_t hosts_of(const struct observed *seen, const struct ray_group *group)
{
	int64_t hosts = 0;

	for (size_t i = 0; i < seen->pod_count; i++) {
		const struct observed_pod *const pod = &seen->pods[i];

		if (is_of(pod, group->name.v) && pod->host_index >= hosts)
			hosts = pod->host_index + 1;
		if (is_of(pod, group->name.v) && hosts == 0)
			hosts = 1;
	}
	return hosts ? hosts : group_hosts(group);
}

/* Fewer than were accepted are not missed where the spec asks for fewer. */
static int64_t wanted(const struct status_input *in, const struct observed_size *size)
{
	const struct raycluster *const cluster = in->c->cluster;
	const struct ray_group *const group =
		cluster ? raycluster_worker(cluster, size->group) : NULL;

	if (cluster && cluster->suspend.v)
		return 0;
	if (group == NULL)
		return size->pods;
	const int64_t asked =
		cluster->dialect == DIALECT_LEGACY
			? legacy_workers_wanted(cluster, group)
			: modern_replicas_asked(cluster, group) * hosts_of(in->seen, group);

	return asked < size->pods ? asked : size->pods;
}

static struct str tell_missing(const struct status_input *in, struct arena *arena)
{
	const struct observed_verdict *const verdict = &in->seen->verdict;
	CLEANUP(buf_done) struct buf text = {0};

	for (size_t i = 0; in->seen->withheld && i < verdict->size_count; i++) {
		const struct observed_size *const size = &verdict->sizes[i];
		const int64_t missing = wanted(in, size) - count_there(in->seen, size->group);

		if (missing > 0)
			buf_printf(&text, "%s%lld of \"%.*s\"", text.len ? ", " : "",
				(long long)missing, STR_ARG(size->group));
	}
	return arena_str(arena, buf_str(&text));
}

void status_put_withheld(struct status_draft *d, const struct status_input *in)
{
	struct arena *const arena = d->round->arena;
	const struct str missing = tell_missing(in, arena);
	const bool was_there = status_says(in->seen->root, STATUS_WITHHELD);

	if (missing.len == 0) {
		status_drop_condition(d, STATUS_WITHHELD);
		return;
	}
	const struct status_condition condition = {
		.type = STATUS_WITHHELD,
		.status = true,
		.reason = STR("AcceptedSpecUnknown"),
		.message = arena_printf(arena, "not replaced: %.*s; %s, and " REMEDY,
			STR_ARG(missing), in->seen->accepted_unreadable ? UNREAD : UNKNOWN),
		.flip = STATUS_NOW,
		.words = STATUS_SOON,
	};

	if (status_put_condition(d, &condition) && !was_there)
		status_warn(d, STATUS_WITHHELD, condition.message);
}
