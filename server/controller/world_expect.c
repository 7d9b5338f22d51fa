#include <stdlib.h>

#include "base/clock.h"
#include "server/controller/world_parts.h"

static void failure_free(struct world_failure *failure)
{
	free(failure->what);
	free(failure->group);
	free(failure->message);
	free(failure);
}

void world_failures_done(struct world_cluster *cluster)
{
	while (cluster->failures) {
		struct world_failure *const failure = cluster->failures;

		cluster->failures = failure->next;
		failure_free(failure);
	}
}

/* Pods of a group stand for one another: each has another name. */
static bool is_about(const struct world_failure *failure, const struct world_outcome *outcome)
{
	if (failure->action != outcome->action || failure->child != outcome->child)
		return false;
	return outcome->action == ACTION_CREATE && outcome->child == CHILD_POD
		       ? str_is(outcome->group, failure->group)
		       : str_is(outcome->name, failure->what);
}

static void forget_failure(struct world_cluster *cluster, const struct world_outcome *outcome)
{
	for (struct world_failure **link = &cluster->failures; *link;) {
		struct world_failure *const failure = *link;

		if (is_about(failure, outcome)) {
			*link = failure->next;
			failure_free(failure);
		} else {
			link = &failure->next;
		}
	}
}

static bool is_failure_of(const struct world_failure *failure, const struct action *action)
{
	const struct world_outcome outcome = {
		.action = action->kind,
		.child = action->child,
		.name = action->name,
		.group = action->expected.group,
	};

	return is_about(failure, &outcome);
}

static bool is_asked(const struct round *round, const struct world_failure *failure)
{
	bool found = false;

	for (size_t i = 0; !found && i < round->count; i++)
		found = is_failure_of(failure, &round->actions[i]);
	return found;
}

static bool was_unanswered(const struct world_cluster *cluster, const struct action *action)
{
	bool found = false;

	for (const struct world_failure *at = cluster->failures; at && !found; at = at->next)
		found = at->unanswered && is_failure_of(at, action);
	return found;
}

void world_forget_unasked(
	struct world *world, const struct world_key *key, struct str uid, const struct round *round)
{
	pthread_mutex_lock(&world->mutex);
	struct world_cluster *const cluster = world_cluster_live(world, key, uid);
	struct world_failure *none = NULL;

	if (cluster)
		cluster->rounds++;
	for (struct world_failure **link = cluster ? &cluster->failures : &none; *link;) {
		struct world_failure *const failure = *link;

		if (is_asked(round, failure)) {
			link = &failure->next;
			continue;
		}
		*link = failure->next;
		failure_free(failure);
	}
	pthread_mutex_unlock(&world->mutex);
}

static bool is_known(const struct world_cluster *cluster, const struct world_outcome *outcome)
{
	for (const struct world_failure *at = cluster->failures; at; at = at->next) {
		if (is_about(at, outcome) && at->code == outcome->code)
			return true;
	}
	return false;
}

/* For how many rounds in a row nobody has answered, this one included. `*news`: it is the first
 * time in this round. */
static uint8_t count_unanswered(
	const struct world_cluster *cluster, const struct world_outcome *outcome, bool *news)
{
	*news = true;
	for (const struct world_failure *at = cluster->failures; at; at = at->next) {
		if (!is_about(at, outcome))
			continue;
		*news = at->unanswered == 0 || at->round != cluster->rounds;
		return *news && at->unanswered < UINT8_MAX ? (uint8_t)(at->unanswered + 1)
							   : at->unanswered;
	}
	return 1;
}

static bool is_of_pod(enum action_kind action, enum child_kind child)
{
	return child == CHILD_POD && action != ACTION_STATUS && action != ACTION_PATCH;
}

/* The last one of a pod, or NULL. */
static struct world_failure **last_of_pods(struct world_cluster *cluster)
{
	struct world_failure **found = NULL;

	for (struct world_failure **link = &cluster->failures; *link; link = &(*link)->next) {
		if (is_of_pod((*link)->action, (*link)->child))
			found = link;
	}
	return found;
}

/* There may be any number of pods. What they need is of another kind, and few. */
static bool make_room(struct world_cluster *cluster, const struct world_outcome *outcome)
{
	struct world_failure **const link =
		is_of_pod(outcome->action, outcome->child) ? NULL : last_of_pods(cluster);

	if (link == NULL)
		return false;
	struct world_failure *const failure = *link;

	*link = failure->next;
	failure_free(failure);
	return true;
}

static void note_failure(
	struct world_cluster *cluster, const struct world_outcome *outcome, uint8_t unanswered)
{
	struct world_failure **link = &cluster->failures;
	size_t count = 0;

	forget_failure(cluster, outcome);
	for (const struct world_failure *at = cluster->failures; at; at = at->next)
		count++;
	if (count == WORLD_FAILURES_MAX && !make_room(cluster, outcome))
		return;
	while (*link)
		link = &(*link)->next;
	*link = mem_alloc(sizeof(**link));
	(*link)->unanswered = unanswered;
	(*link)->round = cluster->rounds;
	(*link)->child = outcome->child;
	(*link)->action = outcome->action;
	(*link)->taken = outcome->taken;
	(*link)->code = outcome->code;
	(*link)->what = mem_copy(outcome->name);
	(*link)->group = mem_copy(outcome->group);
	(*link)->message = mem_copy(outcome->message);
}

static struct world_pod *pod_of(
	const struct world *world, const struct world_cluster *cluster, struct str name)
{
	struct world_pod *const pod =
		world_pod_find(world, cluster->dialect, &(struct world_name){cluster->space, name});

	return pod && pod->cluster == cluster ? pod : NULL;
}

bool world_expect(struct world *world, const struct world_key *key, struct str uid,
	const struct action *action)
{
	pthread_mutex_lock(&world->mutex);
	struct world_cluster *const cluster = world_cluster_live(world, key, uid);
	const bool slow = cluster && was_unanswered(cluster, action);
	struct world_pod *pod;

	if (cluster && action->kind == ACTION_CREATE && action->child == CHILD_POD) {
		struct observed_pod expected = action->expected;

		expected.name = action->name;
		world_pod_expect(world, cluster, &expected);
	} else if (cluster && action->kind == ACTION_CREATE && action->child == CHILD_SERVICE) {
		world_asset_expect(world, cluster, action->name);
	} else if (cluster && action->kind == ACTION_DELETE_POD &&
		   (pod = pod_of(world, cluster, action->name)) != NULL) {
		pod->ending = true;
		pod->asked = (uint32_t)(clock_now() / CLOCK_SECOND) | 1;
	}
	pthread_mutex_unlock(&world->mutex);
	return slow;
}

/* Of an earlier try nobody knows still whether it was done: this one says nothing of it. */
static void unexpect_pod(struct world *world, struct world_pod *pod)
{
	if (pod->unanswered == 0) {
		world_pod_remove(world, pod);
		return;
	}
	pod->doubtful = true;
	pod->asked = pod->unanswered;
}

/* What was expected of this write is not to be expected any more. */
static void unexpect(
	struct world *world, struct world_cluster *cluster, const struct world_outcome *outcome)
{
	struct world_pod *const pod = pod_of(world, cluster, outcome->name);
	struct world_asset *const service = world_asset_find(world, WORLD_SERVICES,
		cluster->dialect, &(struct world_name){cluster->space, outcome->name});

	if (outcome->action == ACTION_DELETE_POD && pod) {
		pod->ending = false;
		pod->asked = 0;
	} else if (outcome->action == ACTION_CREATE && outcome->child == CHILD_POD && pod &&
		   pod->expected) {
		unexpect_pod(world, pod);
	} else if (outcome->action == ACTION_CREATE && outcome->child == CHILD_SERVICE && service &&
		   service->text == NULL) {
		world_asset_remove(world, service);
	}
}

/* That very one, of which a watch has told; it has no owner unless it is this cluster. */
static uint64_t *owner_of(struct world *world, struct world_cluster *cluster, struct str uid,
	const struct world_outcome *outcome)
{
	const struct world_name name = {cluster->space, outcome->name};
	const struct uid object = uid_of(outcome->object_uid);
	uint64_t *owner = NULL;

	if (outcome->child == CHILD_POD) {
		struct world_pod *const pod = pod_of(world, cluster, outcome->name);

		owner = pod && uid_eq(&pod->facts.uid, &object) ? &pod->facts.owner : NULL;
	} else {
		struct world_asset *const asset = world_asset_find(world,
			outcome->child == CHILD_SERVICE ? WORLD_SERVICES : WORLD_CLAIMS,
			cluster->dialect, &name);

		owner = asset && asset->uid == uid_hash(outcome->object_uid) ? &asset->owner : NULL;
	}
	return owner && (*owner == 0 || *owner == uid_hash(uid)) ? owner : NULL;
}

/* It has become ours, or is it no more, before a watch tells of it. */
static void note_owner(struct world *world, struct world_cluster *cluster, struct str uid,
	const struct world_outcome *outcome)
{
	uint64_t *const owner = owner_of(world, cluster, uid, outcome);

	if (owner)
		*owner = outcome->action == ACTION_ADOPT ? uid_hash(uid) : 0;
}

void world_write_done(struct world *world, const struct world_key *key, struct str uid,
	const struct world_outcome *outcome)
{
	pthread_mutex_lock(&world->mutex);
	struct world_cluster *const cluster = world_cluster_live(world, key, uid);

	if (cluster)
		forget_failure(cluster, outcome);
	if (cluster && (outcome->action == ACTION_ADOPT || outcome->action == ACTION_RELEASE))
		note_owner(world, cluster, uid, outcome);
	pthread_mutex_unlock(&world->mutex);
}

bool world_write_refused(struct world *world, const struct world_key *key, struct str uid,
	const struct world_outcome *outcome)
{
	pthread_mutex_lock(&world->mutex);
	struct world_cluster *const cluster = world_cluster_live(world, key, uid);
	const bool news = cluster == NULL || !is_known(cluster, outcome);

	if (cluster) {
		unexpect(world, cluster, outcome);
		note_failure(cluster, outcome, 0);
	}
	pthread_mutex_unlock(&world->mutex);
	return news;
}

static void doubt_pod(struct world_pod *pod)
{
	if (pod == NULL || !pod->expected)
		return;
	pod->doubtful = true;
	pod->asked = pod->unanswered = (uint32_t)(clock_now() / CLOCK_SECOND) | 1;
}

bool world_write_unanswered(struct world *world, const struct world_key *key, struct str uid,
	const struct world_outcome *outcome)
{
	uint8_t times = 0;
	bool news = false;

	pthread_mutex_lock(&world->mutex);
	struct world_cluster *const cluster = world_cluster_live(world, key, uid);

	if (cluster) {
		times = count_unanswered(cluster, outcome, &news);
		if (outcome->action == ACTION_CREATE && outcome->child == CHILD_POD)
			doubt_pod(pod_of(world, cluster, outcome->name));
		else
			unexpect(world, cluster, outcome);
		note_failure(cluster, outcome, times);
	}
	pthread_mutex_unlock(&world->mutex);
	return news && times == WORLD_UNANSWERED_TOLD;
}

void world_write_withdrawn(struct world *world, const struct world_key *key, struct str uid,
	const struct world_outcome *outcome)
{
	pthread_mutex_lock(&world->mutex);
	struct world_cluster *const cluster = world_cluster_live(world, key, uid);

	if (cluster)
		unexpect(world, cluster, outcome);
	pthread_mutex_unlock(&world->mutex);
}

struct doubts {
	struct arena *arena;
	struct world_doubt *items;
	size_t count;
	uint32_t now, soonest; /* seconds; 0: nothing is expected */
};

/* What has not been told of for so many seconds. */
static void doubt(
	struct doubts *doubts, uint32_t *asked, uint32_t seconds, const struct world_doubt *what)
{
	uint32_t due = *asked + seconds;

	if (*asked == 0)
		return;
	if (due <= doubts->now) {
		doubts->items[doubts->count++] =
			(struct world_doubt){what->child, arena_str(doubts->arena, what->name)};
		*asked = doubts->now | 1;
		due = *asked + seconds;
	}
	if (doubts->soonest == 0 || due < doubts->soonest)
		doubts->soonest = due;
}

static size_t count_children(const struct world_cluster *cluster)
{
	size_t count = 0;

	for (const struct world_pod *pod = cluster->pods; pod; pod = pod->next)
		count++;
	for (const struct world_asset *at = cluster->assets; at; at = at->next)
		count++;
	return count;
}

static void doubt_all(struct doubts *doubts, struct world_cluster *cluster)
{
	for (struct world_pod *pod = cluster->pods; pod; pod = pod->next) {
		if (pod->expected || (pod->ending && !pod->facts.deleting))
			doubt(doubts, &pod->asked, pod->doubtful ? WORLD_DOUBT_S : WORLD_PATIENCE_S,
				&(struct world_doubt){
					CHILD_POD, pod_facts_text(&pod->facts, POD_TEXT_NAME)});
	}
	for (struct world_asset *at = cluster->assets; at; at = at->next) {
		if (at->text == NULL)
			doubt(doubts, &at->asked, WORLD_PATIENCE_S,
				&(struct world_doubt){CHILD_SERVICE, {at->name, at->name_len}});
	}
}

size_t world_doubts(struct world *world, const struct world_key *key, struct arena *arena,
	struct world_doubt **out, int64_t *next)
{
	struct doubts doubts = {.arena = arena, .now = (uint32_t)(clock_now() / CLOCK_SECOND)};

	pthread_mutex_lock(&world->mutex);
	struct world_cluster *const cluster = world_cluster_of(world, key);
	const size_t most = cluster ? count_children(cluster) : 0;

	doubts.items = arena_array(arena, most + 1, sizeof(*doubts.items));
	if (cluster)
		doubt_all(&doubts, cluster);
	pthread_mutex_unlock(&world->mutex);
	*out = doubts.items;
	*next = doubts.soonest * CLOCK_SECOND;
	return doubts.count;
}

void world_unchecked(struct world *world, const struct world_key *key, struct str uid)
{
	pthread_mutex_lock(&world->mutex);
	struct world_cluster *const cluster = world_cluster_live(world, key, uid);

	if (cluster)
		cluster->checking = cluster->writing = false;
	pthread_mutex_unlock(&world->mutex);
}

void world_checked(struct world *world, const struct world_key *key, struct str uid)
{
	pthread_mutex_lock(&world->mutex);
	struct world_cluster *const cluster = world_cluster_live(world, key, uid);

	if (cluster && cluster->checking)
		cluster->checked = clock_now() | 1;
	if (cluster)
		cluster->checking = cluster->writing = false;
	pthread_mutex_unlock(&world->mutex);
}
