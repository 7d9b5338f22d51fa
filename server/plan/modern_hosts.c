/*
 * A group whose replicas are several hosts, which live and die together.
 * A replica that lost a host is of no use and goes as a whole, and so does one that was made with
 * more hosts than the spec has by now; one that never ran yet gets the hosts that it lacks, and so
 * does one that lacks no more than what nobody answered for.
 */
#include <stdlib.h>

#include "server/plan/modern_parts.h"

/* The hosts of one replica: a part of a run that is sorted by the replicas' names. */
struct replica {
	const struct observed_pod **pods;
	size_t count;
	bool whole; /* it can be counted on */
};

struct replicas {
	struct replica *items;
	size_t count;
};

static int by_replica(const void *a, const void *b)
{
	const struct observed_pod *const x = *(const struct observed_pod *const *)a;
	const struct observed_pod *const y = *(const struct observed_pod *const *)b;
	const int order = str_cmp(x->replica_name, y->replica_name);

	if (order || x->replica_index == y->replica_index)
		return order ? order : str_cmp(x->name, y->name);
	return x->replica_index < y->replica_index ? -1 : 1;
}

static struct replicas divide(struct modern *m, struct pod_run *run)
{
	struct replicas all = {
		.items = arena_array(m->round->arena, run->count + 1, sizeof(*all.items))};

	if (run->count > 1)
		qsort(run->items, run->count, sizeof(const struct observed_pod *), by_replica);
	for (size_t i = 0; i < run->count; i++) {
		if (all.count == 0 ||
			!modern_pods_belong(all.items[all.count - 1].pods[0], run->items[i]))
			all.items[all.count++] = (struct replica){.pods = &run->items[i]};
		all.items[all.count - 1].count++;
	}
	return all;
}

static void delete_replica(struct modern *m, const struct replica *replica, const char *why)
{
	for (size_t i = 0; i < replica->count; i++)
		modern_delete(m, replica->pods[i], "DeletedWorkerPod", why);
}

/* Why the replica has to go; NULL: it need not. A host that failed rests first, as any pod does. */
static const char *fault_of(
	struct modern *m, struct group_need *need, const struct replica *replica)
{
	const char *why = NULL;

	for (size_t i = 0; i < replica->count; i++) {
		const struct observed_pod *const pod = replica->pods[i];

		if (modern_pod_lost(m, need->group, pod))
			why = "the node of a host of its replica has not been heard of for long";
		if (pod->deleting)
			why = "another host of its replica is gone";
		if (modern_is_given_up(need->group, pod))
			return "workersToDelete names a host of its replica";
		if (pod->deleting || !modern_pod_failed(pod))
			continue;
		const int64_t rests = modern_pod_rests(pod, m->seen->now);

		if (rests) {
			round_again(m->round, rests);
			continue;
		}
		need->ended.items[need->ended.count++] = pod;
		why = "a host of its replica has ended";
	}
	return why;
}

static bool has_run(const struct replica *replica)
{
	for (size_t i = 0; i < replica->count; i++) {
		if (replica->pods[i]->phase != POD_PENDING)
			return true;
	}
	return false;
}

/* Each host that it lacks was asked for, and nobody said that it is not there. */
static bool may_be_whole(
	const struct modern *m, const struct group_need *need, const struct replica *replica)
{
	size_t count = replica->count;

	for (size_t i = 0; i < m->seen->doubt_count; i++) {
		const struct observed_pod *const doubt = &m->seen->doubts[i];

		count += modern_may_be_there(m, need->group, doubt) &&
			 str_eq(doubt->replica_name, replica->pods[0]->replica_name);
	}
	return (int64_t)count >= need->hosts;
}

static bool has_host(const struct replica *replica, uint32_t host)
{
	for (size_t i = 0; i < replica->count; i++) {
		if (replica->pods[i]->host_index == (int32_t)host)
			return true;
	}
	return false;
}

/* Makes the hosts that a replica lacks: they were refused, or we ended before we asked for them. */
static void complete(struct modern *m, const struct group_need *need, const struct replica *replica)
{
	struct pod_place place = {
		.replica = (uint32_t)replica->pods[0]->replica_index,
		.replica_name = replica->pods[0]->replica_name,
	};

	for (; place.host < need->hosts && m->room > 0; place.host++) {
		if (has_host(replica, place.host))
			continue;
		struct json_edit *const body = pod_of_worker(&m->c, need->group, &place);

		if (body == NULL)
			return;
		modern_create(m, body, need->group, &place, 0);
		m->room--;
	}
}

/* It was made for another number; for what is not accepted nothing that runs ends. */
static bool is_wider(
	const struct modern *m, const struct group_need *need, const struct replica *replica)
{
	return m->seen->verdict.accepted && (int64_t)replica->count > need->hosts;
}

/* Deletes a replica that has a fault; one that is only not whole yet gets the hosts that it lacks.
 */
static void settle_replica(struct modern *m, struct group_need *need, struct replica *replica)
{
	const char *why = fault_of(m, need, replica);
	const bool lacks = (int64_t)replica->count < need->hosts;
	const bool named =
		replica->pods[0]->replica_name.len && replica->pods[0]->replica_index >= 0;

	if (why == NULL && lacks &&
		(!named || (has_run(replica) && !may_be_whole(m, need, replica))))
		why = "its replica lacks a host";
	if (why == NULL && is_wider(m, need, replica))
		why = MODERN_WIDER;
	replica->whole = why == NULL;
	if (why)
		delete_replica(m, replica, why);
	else if (lacks)
		complete(m, need, replica);
}

/* A replica is worth what its worst host is. */
static const struct observed_pod *worst(const struct replica *replica)
{
	const struct observed_pod *found = replica->pods[0];

	for (size_t i = 1; i < replica->count; i++) {
		if (modern_pod_order(replica->pods[i], found) > 0)
			found = replica->pods[i];
	}
	return found;
}

/* Whole ones first, of these the best first. */
static int by_worth(const void *a, const void *b)
{
	const struct replica *const x = a;
	const struct replica *const y = b;

	if (x->whole != y->whole)
		return x->whole ? -1 : 1;
	return modern_pod_order(worst(x), worst(y));
}

static size_t sort_whole(struct replicas *all)
{
	size_t whole = 0;

	if (all->count > 1)
		qsort(all->items, all->count, sizeof(*all->items), by_worth);
	while (whole < all->count && all->items[whole].whole)
		whole++;
	return whole;
}

void modern_settle_hosts(struct modern *m, struct group_need *need)
{
	const int64_t wanted = modern_pods_wanted(m, need->group) / need->hosts;
	struct pod_run run = modern_pods_of(m, POD_WORKER, need->group->name.v);
	struct replicas all = divide(m, &run);

	need->ended.items =
		arena_array(m->round->arena, run.count + 1, sizeof(const struct observed_pod *));
	for (size_t i = 0; i < all.count; i++)
		settle_replica(m, need, &all.items[i]);
	int64_t whole = (int64_t)sort_whole(&all);

	if (modern_picks_victims(m) || need->group->suspend.v) {
		while (whole > wanted)
			delete_replica(m, &all.items[--whole], modern_why_fewer(need->group));
	}
	need->replicas = wanted > whole ? wanted - whole : 0;
}

static bool is_given_up(const struct ray_group *group, const struct replica *replica)
{
	bool found = false;

	for (size_t i = 0; i < replica->count; i++)
		found |= modern_is_given_up(group, replica->pods[i]);
	return found;
}

static bool is_ending(const struct replica *replica)
{
	bool all = true;

	for (size_t i = 0; i < replica->count; i++)
		all = all && replica->pods[i]->deleting;
	return all;
}

void modern_shrink_hosts(struct modern *m, const struct ray_group *group)
{
	const int64_t asked = modern_replicas_asked(m->c.cluster, group);
	struct pod_run run = modern_pods_of(m, POD_WORKER, group->name.v);
	struct replicas all = divide(m, &run);

	for (size_t i = 0; i < all.count; i++) {
		struct replica *const replica = &all.items[i];
		const bool given_up = is_given_up(group, replica);

		if (given_up)
			delete_replica(m, replica, "workersToDelete names it");
		replica->whole = !given_up && !is_ending(replica);
	}
	int64_t stay = (int64_t)sort_whole(&all);

	if (modern_picks_victims(m) || group->suspend.v) {
		while (stay > asked)
			delete_replica(m, &all.items[--stay], modern_why_fewer(group));
	}
}
