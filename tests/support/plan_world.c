#include "tests/support/plan_world.h"

#include <criterion/criterion.h>

#include "api/patch.h"
#include "server/children/child.h"
#include "tests/support/plan_kit.h"

enum { GRACE_S = 30, FOREIGN = 3 };

unsigned world_draw(struct world *world, unsigned bound)
{
	world->dice = world->dice * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
	return (unsigned)(world->dice >> 33) % bound;
}

/* Never where all goes well. */
static bool mishap(struct world *world, unsigned one_in)
{
	return world->rough && world_draw(world, one_in) == 0;
}

static void add_foreign(struct world *world)
{
	static const char *const GROUPS[FOREIGN] = {HEAD_GROUP, "a", "gone"};

	for (size_t i = 0; i < FOREIGN; i++)
		world->pods[world->pod_count++].seen = (struct observed_pod){
			.name = arena_printf(&world->arena, "foreign-%zu", i),
			.uid = arena_printf(&world->arena, "foreign-uid-%zu", i),
			.group = str_from(GROUPS[i]),
			.role = i ? POD_WORKER : POD_HEAD,
			.phase = POD_FAILED,
			.replica_index = -1,
			.host_index = -1,
		};
}

void world_init(struct world *world, uint64_t seed)
{
	static const char *const NAMES[WORLD_GROUPS_MAX] = {"a", "b", "c"};

	*world = (struct world){.dice = seed, .now = PLAN_KIT_NOW, .generation = 1};
	arena_init(&world->arena, 1u << 20);
	world->status = STR("{}");
	world->autoscaled = world_draw(world, 4) == 0;
	world->group_count = world_draw(world, WORLD_GROUPS_MAX + 1);
	for (size_t i = 0; i < world->group_count; i++)
		world->groups[i] = (struct world_group){
			.name = NAMES[i],
			.replicas = (int)world_draw(world, 6),
			.hosts = world_draw(world, 3) ? 1 : 1 + (int)world_draw(world, 4),
		};
	add_foreign(world);
}

void world_done(struct world *world)
{
	arena_done(&world->arena);
}

/* --- what happens to pods --- */

static void fail(struct world *world, struct world_pod *pod)
{
	pod->seen.phase = POD_FAILED;
	pod->seen.ready = POD_READY_FALSE;
	pod->seen.changed = world->now;
}

static void end(struct world *world, struct world_pod *pod)
{
	if (pod->ends)
		return;
	pod->seen.deleting = true;
	pod->seen.ends = world->now + GRACE_S;
	pod->ends = world->now + 1 + world_draw(world, GRACE_S);
}

/* Its node does, and Kubernetes leaves the pod there. */
static void fall_silent(const struct world *world, struct world_pod *pod)
{
	pod->lost = pod->seen.lost = true;
	pod->seen.ready = POD_READY_FALSE;
	pod->seen.changed = world->now;
}

static void live(struct world *world, struct world_pod *pod)
{
	if (pod->ends && !pod->lost && world->now >= pod->ends)
		pod->gone = true;
	if (pod->gone || !pod->seen.ours || pod->seen.phase == POD_FAILED)
		return;
	if (pod->seen.phase == POD_PENDING && world->now >= pod->ready - 2) {
		pod->seen.phase = POD_RUNNING;
		pod->seen.ip = arena_printf(&world->arena, "ip-%.*s", STR_ARG(pod->seen.uid));
	}
	if (pod->seen.phase == POD_RUNNING && world->now >= pod->ready &&
		pod->seen.ready != POD_READY_TRUE && !pod->seen.lost) {
		pod->seen.ready = POD_READY_TRUE;
		pod->seen.changed = world->now;
	}
	if (mishap(world, 20))
		fail(world, pod);
	if (mishap(world, 25))
		end(world, pod);
	if (pod->seen.role == POD_WORKER && pod->seen.phase == POD_RUNNING && mishap(world, 60))
		fall_silent(world, pod);
	if (mishap(world, 40)) {
		pod->lost = true;
		end(world, pod);
	}
}

static void change_mind(struct world *world)
{
	if (world->group_count && mishap(world, 6)) {
		struct world_group *const group =
			&world->groups[world_draw(world, (unsigned)world->group_count)];

		group->replicas = (int)world_draw(world, 6);
		group->suspended = world_draw(world, 8) == 0;
		world->generation++;
	}
	if (mishap(world, 15)) {
		world->suspended = !world->suspended;
		world->generation++;
	}
}

void world_pass(struct world *world, int64_t seconds)
{
	world->now += seconds;
	for (size_t i = 0; i < world->pod_count; i++)
		live(world, &world->pods[i]);
	change_mind(world);
}

/* --- what a round sees --- */

static struct str legacy_spec_of(struct world *world, struct arena *arena)
{
	CLEANUP(buf_done) struct buf text = {0};

	buf_add_cstr(&text,
		"  maxWorkers: 99\n  headPodType: h\n  podTypes:\n"
		"  - {name: h, podConfig: {spec: {containers: [{name: r, image: i}]}}}\n");
	for (size_t i = 0; i < world->group_count; i++)
		buf_printf(&text,
			"  - {name: %s, minWorkers: %d, maxWorkers: %d, "
			"podConfig: {spec: {containers: [{name: r, image: %s}]}}}\n",
			world->groups[i].name, world->groups[i].replicas, world->groups[i].replicas,
			world->groups[i].suspended ? "new" : "old");
	return arena_str(arena, buf_str(&text));
}

static struct str spec_of(struct world *world, struct arena *arena)
{
	CLEANUP(buf_done) struct buf text = {0};

	buf_printf(&text,
		"  suspend: %s\n  enableInTreeAutoscaling: %s\n"
		"  headGroupSpec: {template: {spec: {containers: [{name: r, image: i}]}}}\n",
		world->suspended ? "true" : "false", world->autoscaled ? "true" : "false");
	buf_add_cstr(&text, world->group_count ? "  workerGroupSpecs:\n" : "");
	for (size_t i = 0; i < world->group_count; i++)
		buf_printf(&text,
			"  - {groupName: %s, replicas: %d, numOfHosts: %d, suspend: %s, "
			"template: {spec: {containers: [{name: r, image: i}]}}}\n",
			world->groups[i].name, world->groups[i].replicas, world->groups[i].hosts,
			world->groups[i].suspended ? "true" : "false");
	return arena_str(arena, buf_str(&text));
}

static const struct json_node *read_status(struct world *world, struct arena *arena)
{
	static const struct json_limits LIMITS = {.bytes = 1u << 20, .depth = 20, .nodes = 10000};
	struct json_doc doc;
	struct err err;

	cr_assert(json_read(arena, world->status, &LIMITS, &doc, &err), "%s: %.*s", err.text,
		STR_ARG(world->status));
	return doc.root;
}

static struct str there_of(struct world *world, struct arena *arena)
{
	CLEANUP(buf_done) struct buf text = {0};

	for (struct json_iter it = json_iter(read_status(world, arena)); json_next_member(&it);)
		buf_printf(&text, "status %.*s: %.*s\n", STR_ARG(json_str(arena, it.key)),
			STR_ARG(json_raw(it.value)));
	for (size_t i = 0; i < world->service_count; i++)
		buf_printf(&text, "service %.*s None\n", STR_ARG(world->services[i]));
	return arena_str(arena, buf_str(&text));
}

static struct observed *observe(struct world *world, struct arena *arena)
{
	const struct plan_kit_cluster cluster = {NULL,
		(world->legacy ? legacy_spec_of : spec_of)(world, arena).at,
		there_of(world, arena).at};
	struct observed *const seen =
		(world->legacy ? plan_kit_observe_legacy : plan_kit_observe)(arena, &cluster);
	struct observed_pod *const pods = arena_array(arena, world->pod_count + 1, sizeof(*pods));

	for (size_t i = 0; i < world->pod_count; i++) {
		const struct world_pod *const pod = &world->pods[i];

		if (pod->gone)
			continue;
		pods[seen->pod_count] = pod->seen;
		/* Until a watch tells of it, it is what was asked for. */
		if (pod->told > world->now) {
			pods[seen->pod_count].uid = STR("");
			pods[seen->pod_count].phase = POD_PENDING;
			pods[seen->pod_count].ready = POD_READY_UNSAID;
		}
		seen->pod_count++;
	}
	seen->pods = pods;
	seen->failures = world->failures;
	seen->failure_count = world->failure_count;
	seen->now = world->now;
	seen->generation = world->generation;
	seen->verdict.generation = world->generation;
	seen->seed = world->dice ^ world->rounds;
	seen->first = world->rounds == 0;
	return seen;
}

/* --- what a round does --- */

static void create_pod(struct world *world, const struct action *action)
{
	struct world_pod *const pod = &world->pods[world->pod_count];

	/* The five characters of one that is gone may come again. */
	for (size_t i = 0; i < world->pod_count; i++)
		cr_assert(world->pods[i].gone || !str_eq(world->pods[i].seen.name, action->name),
			"%.*s is made twice", STR_ARG(action->name));
	cr_assert_lt(world->pod_count, (size_t)WORLD_PODS_MAX);
	world->pod_count++;
	*pod = (struct world_pod){.seen = action->expected};
	pod->seen.name = arena_str(&world->arena, action->name);
	pod->seen.group = arena_str(&world->arena, action->expected.group);
	pod->seen.replica_name = arena_str(&world->arena, action->expected.replica_name);
	pod->seen.launch_hash = arena_str(&world->arena, action->expected.launch_hash);
	pod->seen.uid = arena_printf(&world->arena, "uid-%zu", world->pod_count);
	pod->told = world->now + world_draw(world, 3);
	pod->ready = world->now + 3 + world_draw(world, 20);
}

static void refuse(struct world *world, const struct action *action)
{
	if (world->failure_count == ARRAY_LEN(world->failures))
		return;
	world->failures[world->failure_count++] = (struct observed_failure){
		.what = arena_str(&world->arena, action->name),
		.group = arena_str(&world->arena, action->expected.group),
		.kind = action->child == CHILD_POD ? STR("Pod") : STR("Service"),
		.message = arena_printf(
			&world->arena, "pods \"%.*s\" is forbidden: no", STR_ARG(action->name)),
		.code = 403,
	};
}

static void create(struct world *world, const struct action *action)
{
	if (mishap(world, 5))
		refuse(world, action);
	else if (action->child == CHILD_POD)
		create_pod(world, action);
	else if (action->child == CHILD_SERVICE)
		world->services[world->service_count++] = arena_str(&world->arena, action->name);
}

static void delete_pod(struct world *world, const struct action *action)
{
	for (size_t i = 0; i < world->pod_count; i++) {
		struct world_pod *const pod = &world->pods[i];

		if (pod->gone || !str_eq(pod->seen.uid, action->uid))
			continue;
		cr_assert(pod->seen.ours, "%.*s is not ours", STR_ARG(action->name));
		cr_assert_not(pod->seen.deleting, "%.*s is deleted twice", STR_ARG(action->name));
		end(world, pod);
		return;
	}
}

static void write_status(struct world *world, struct arena *arena, const struct action *action)
{
	static const struct json_limits LIMITS = {.bytes = 1u << 20, .depth = 20, .nodes = 10000};
	CLEANUP(buf_done) struct buf patch = {0};
	CLEANUP(buf_done) struct buf merged = {0};
	struct json_doc doc;
	struct err err;

	json_edit_print(json_edit_get(action->body, STR("status")), &patch);
	cr_assert(json_read(arena, arena_str(arena, buf_str(&patch)), &LIMITS, &doc, &err), "%s",
		err.text);
	merge_patch_apply(arena, read_status(world, arena), doc.root, &merged);
	world->status = arena_str(&world->arena, buf_str(&merged));
	world->status_writes++;
}

static void perform(struct world *world, struct arena *arena, const struct action *action)
{
	switch (action->kind) {
	case ACTION_CREATE:
		create(world, action);
		break;
	case ACTION_DELETE_POD:
		delete_pod(world, action);
		break;
	case ACTION_STATUS:
		/* A crash in between: the write is lost, and has to come again. */
		if (!mishap(world, 8))
			write_status(world, arena, action);
		break;
	case ACTION_PATCH:
	case ACTION_PATCH_SERVICE:
	case ACTION_ADOPT:
	case ACTION_RELEASE:
	case ACTION_EVENT:
		break;
	}
}

void world_round(struct world *world, plan_fn plan)
{
	struct arena arena;
	struct round round;

	arena_init(&arena, 1u << 18);
	round_init(&round, &arena);
	plan(observe(world, &arena), &round);
	world->rounds++;
	world->actions += round.count;
	world->failure_count = 0;
	for (size_t i = 0; i < round.count; i++)
		perform(world, &arena, &round.actions[i]);
	round_done(&round);
	arena_done(&arena);
}

int world_ready(const struct world *world, const char *group)
{
	int count = 0;

	for (size_t i = 0; i < world->pod_count; i++) {
		const struct world_pod *const pod = &world->pods[i];

		count += !pod->gone && pod->seen.ours && !pod->seen.deleting &&
			 pod->seen.ready == POD_READY_TRUE && str_is(pod->seen.group, group);
	}
	return count;
}

int world_present(const struct world *world)
{
	int count = 0;

	for (size_t i = 0; i < world->pod_count; i++)
		count += !world->pods[i].gone && world->pods[i].seen.ours &&
			 !world->pods[i].seen.deleting;
	return count;
}
