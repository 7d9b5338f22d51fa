/*
 * The worker groups, each for itself: what one lacks or cannot get holds up no other. What a round
 * may ask for is shared out among them, a replica each in turn.
 */
#include "server/plan/modern_parts.h"

static int64_t accepted_size(const struct observed_verdict *verdict, struct str group)
{
	for (size_t i = 0; i < verdict->size_count; i++) {
		if (str_eq(verdict->sizes[i].group, group))
			return verdict->sizes[i].pods;
	}
	return 0;
}

int64_t modern_pods_wanted(const struct modern *m, const struct ray_group *group)
{
	const struct observed_verdict *const verdict = &m->seen->verdict;
	const int64_t replicas = group_replicas(m->c.cluster, group);
	const int64_t hosts = group->is_head ? 1 : group_hosts(group);
	const struct str name = child_group_name(group);

	if (group->suspend.v || replicas <= 0 || hosts <= 0)
		return 0;
	const int64_t most = verdict->accepted ? INT64_MAX : accepted_size(verdict, name);

	return replicas * hosts < most ? replicas * hosts : most;
}

/* An earlier pod of it was refused: then one more is tried, not all. */
static bool was_refused(const struct modern *m, struct str group)
{
	for (size_t i = 0; i < m->seen->failure_count; i++) {
		const struct observed_failure *const failure = &m->seen->failures[i];

		if (failure->action != ACTION_DELETE_POD && str_is(failure->kind, "Pod") &&
			str_eq(failure->group, group))
			return true;
	}
	return false;
}

static void settle(struct modern *m, struct group_need *need, const struct ray_group *group)
{
	const int64_t hosts = group_hosts(group);

	*need = (struct group_need){.group = group, .hosts = hosts > 1 ? hosts : 1};
	/* Of several groups of one name the first has the pods; a rule forbids the others. */
	if (raycluster_worker(m->c.cluster, group->name.v) != group)
		return;
	if (hosts > 1)
		modern_settle_hosts(m, need);
	else
		modern_settle_workers(m, need);
	if (need->replicas > 1 && was_refused(m, group->name.v))
		need->replicas = 1;
}

/* One that is larger than a whole round has a round of its own. */
static bool fits(const struct modern *m, const struct group_need *need)
{
	return need->granted < need->replicas &&
	       (need->hosts <= (int64_t)m->room || m->room == ROUND_CREATES_MAX);
}

static void share_out(struct modern *m, struct group_need *needs, size_t count)
{
	bool more = true;

	while (more) {
		more = false;
		for (size_t i = 0; i < count; i++) {
			if (!fits(m, &needs[i]))
				continue;
			needs[i].granted++;
			m->room -= needs[i].hosts < (int64_t)m->room ? (size_t)needs[i].hosts
								     : m->room;
			more = true;
		}
	}
}

/*
 * Users write labels, too: an index beyond this is taken for nobody's, so that one of them does not
 * say how much memory a round takes.
 */
enum { INDEX_MOST = 1 << 16 };

/* Which indexes of replicas are taken, from 0 on, and how far what is in doubt was gone through. */
struct places {
	bool *taken;
	size_t count, index, doubt;
};

static void take_index(struct places *places, int32_t index)
{
	if (index >= 0 && (size_t)index < places->count)
		places->taken[index] = true;
}

static bool is_taken(const struct places *places, int32_t index)
{
	return index < 0 || (size_t)index >= places->count || places->taken[index];
}

/* A pod that is being deleted still has its own. */
static struct places places_of(const struct modern *m, const struct ray_group *group)
{
	const struct pod_run run = modern_pods_of(m, POD_WORKER, group->name.v);
	/* n pods take n indexes at most, and a round asks for ROUND_CREATES_MAX more. */
	struct places places = {.count = run.count + ROUND_CREATES_MAX + 1};

	for (size_t i = 0; i < m->seen->doubt_count; i++) {
		const int32_t index = m->seen->doubts[i].replica_index;

		if (index >= 0 && index < INDEX_MOST &&
			(size_t)index + ROUND_CREATES_MAX >= places.count)
			places.count = (size_t)index + ROUND_CREATES_MAX + 1;
	}
	places.taken = arena_array(m->round->arena, places.count, sizeof(*places.taken));
	for (size_t i = 0; i < run.count; i++)
		take_index(&places, run.items[i]->replica_index);
	return places;
}

static struct str replica_name(struct modern *m, const struct ray_group *group)
{
	return arena_printf(
		m->round->arena, "%.*s-%.*s", STR_ARG(group->name.v), STR_ARG(modern_suffix(m)));
}

/*
 * Of the next replica. One that was asked for, and may be there, comes first and is asked for as it
 * was: its pods have their labels already.
 */
static struct pod_place next_place(
	struct modern *m, const struct group_need *need, struct places *places)
{
	while (places->doubt < m->seen->doubt_count) {
		const struct observed_pod *const doubt = &m->seen->doubts[places->doubt++];

		if (!modern_may_be_there(m, need->group, doubt))
			continue;
		const bool is_other = is_taken(places, doubt->replica_index);

		take_index(places, doubt->replica_index);
		if (!is_other)
			return (struct pod_place){.replica = (uint32_t)doubt->replica_index,
				.replica_name = doubt->replica_name};
	}
	while (places->index < places->count && places->taken[places->index])
		places->index++;
	return (struct pod_place){.replica = (uint32_t)places->index++,
		.replica_name = need->hosts > 1 ? replica_name(m, need->group) : STR("")};
}

static int32_t streak_of(const struct modern *m, const struct group_need *need, size_t made)
{
	return made < need->ended.count ? modern_pod_streak(need->ended.items[made], m->seen->now)
					: 0;
}

static void create(struct modern *m, const struct group_need *need)
{
	struct places places = places_of(m, need->group);
	size_t made = 0;

	for (int64_t replica = 0; replica < need->granted; replica++) {
		struct pod_place place = next_place(m, need, &places);

		for (; place.host < need->hosts; place.host++) {
			struct json_edit *const body = pod_of_worker(&m->c, need->group, &place);

			if (body)
				modern_create(
					m, body, need->group, &place, streak_of(m, need, made++));
		}
	}
}

/* Of a group that the spec lacks: it was taken out, and nobody asks for its pods any more. */
static void drop_strangers(struct modern *m)
{
	for (size_t i = 0; i < m->seen->pod_count; i++) {
		const struct observed_pod *const pod = &m->seen->pods[i];

		if (pod->ours && pod->role == POD_WORKER &&
			raycluster_worker(m->c.cluster, pod->group) == NULL)
			modern_delete(m, pod, "DeletedWorkerPod", "its group is no longer there");
	}
}

int64_t modern_replicas_asked(const struct raycluster *cluster, const struct ray_group *group)
{
	const int64_t least = group_min(cluster, group);
	const struct json_node *const replicas = json_get(group->self.node, "replicas");
	int64_t asked = 0;

	if (group->suspend.v)
		return 0;
	/* What is no number asks for nobody's end. */
	if (json_present(replicas) && !json_i64(replicas, &asked))
		return INT32_MAX;
	asked = asked < least ? least : asked;
	return asked < 0 ? 0 : asked < INT32_MAX ? asked : INT32_MAX;
}

void modern_shrink(struct modern *m)
{
	const struct raycluster *const cluster = m->c.cluster;

	for (size_t i = 0; i < cluster->worker_count; i++) {
		if (raycluster_worker(cluster, cluster->workers[i]->name.v) == cluster->workers[i])
			modern_shrink_hosts(m, cluster->workers[i]);
	}
}

void modern_groups(struct modern *m)
{
	const struct raycluster *const cluster = m->c.cluster;
	struct group_need *const needs =
		arena_array(m->round->arena, cluster->worker_count + 1, sizeof(*needs));

	/* What is not accepted takes no group away. */
	if (m->seen->verdict.accepted)
		drop_strangers(m);
	for (size_t i = 0; i < cluster->worker_count; i++)
		settle(m, &needs[i], cluster->workers[i]);
	share_out(m, needs, cluster->worker_count);
	for (size_t i = 0; i < cluster->worker_count; i++)
		create(m, &needs[i]);
}
