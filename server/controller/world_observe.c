#include "base/clock.h"
#include "server/controller/acceptance.h"
#include "server/controller/world_parts.h"

static const struct json_limits OBJECT = {
	.bytes = 8 * 1024 * 1024, .depth = 256, .nodes = 1024 * 1024};

static char *put(char *at, struct str text)
{
	memcpy(at, text.at, text.len);
	return at + text.len;
}

/* The text and the status, joined to the object that they were. */
static const struct json_node *read_object(
	struct world *world, const struct world_cluster *cluster, struct arena *arena)
{
	const struct str between = STR(",\"status\":");
	const struct str text = deflater_unpack(world->deflater, cluster->text, arena);
	const struct str status = deflater_unpack(world->deflater, cluster->status, arena);
	struct json_doc doc;
	struct err ignored;
	char *const whole = arena_alloc(arena, text.len + between.len + status.len + 1);
	char *end = put(whole, text);

	if (status.len)
		end = put(put(end, between), status);
	end = put(end, STR("}"));
	return json_read(arena, (struct str){whole, (size_t)(end - whole)}, &OBJECT, &doc, &ignored)
		       ? doc.root
		       : NULL;
}

static void observe_pods(const struct world_cluster *cluster, uint64_t owner, struct arena *arena,
	struct observed *out)
{
	struct observed_pod *pods;
	struct observed_pod *doubts;
	size_t count = 0;
	size_t doubtful = 0;

	for (const struct world_pod *pod = cluster->pods; pod; pod = pod->next) {
		count += !pod->doubtful;
		doubtful += pod->doubtful;
	}
	pods = arena_array(arena, count + 1, sizeof(*pods));
	doubts = arena_array(arena, doubtful + 1, sizeof(*doubts));
	out->pods = pods;
	out->pod_count = count;
	out->doubts = doubts;
	out->doubt_count = doubtful;
	/* The list has the newest first, a round sees the oldest first. */
	for (const struct world_pod *pod = cluster->pods; pod; pod = pod->next) {
		if (pod->doubtful) {
			pod_facts_observe(&pod->facts, arena, &doubts[--doubtful]);
			continue;
		}
		struct observed_pod *const seen = &pods[--count];

		pod_facts_observe(&pod->facts, arena, seen);
		seen->ours = pod->expected || (owner && pod->facts.owner == owner);
		seen->stray = !pod->expected && pod->facts.owner == 0;
		seen->deleting = seen->deleting || pod->ending;
	}
}

static const struct json_node *read_text(
	struct world *world, const struct world_asset *asset, struct arena *arena)
{
	struct json_doc doc;
	struct err ignored;

	if (asset->text == NULL)
		return NULL;
	return json_read(arena, deflater_unpack(world->deflater, asset->text, arena), &OBJECT, &doc,
		       &ignored)
		       ? doc.root
		       : NULL;
}

static size_t count_assets(const struct world_cluster *cluster, enum world_kind kind)
{
	size_t count = 0;

	for (const struct world_asset *at = cluster->assets; at; at = at->next)
		count += at->kind == kind;
	return count;
}

static void observe_services(struct world *world, const struct world_cluster *cluster,
	uint64_t owner, struct arena *arena, struct observed *out)
{
	size_t count = count_assets(cluster, WORLD_SERVICES);
	struct observed_service *const services = arena_array(arena, count + 1, sizeof(*services));

	out->services = services;
	out->service_count = count;
	for (const struct world_asset *at = cluster->assets; at; at = at->next) {
		if (at->kind != WORLD_SERVICES)
			continue;
		services[--count] = (struct observed_service){
			.name = arena_str(arena, (struct str){at->name, at->name_len}),
			.cluster_ip = arena_str(arena, intern_str(at->ip)),
			.type = world_service_type(at),
			.ports = read_text(world, at, arena),
			.ours = at->text == NULL || (owner && at->owner == owner),
			.stray = at->text && at->owner == 0,
			.deleting = at->deleting,
			.of_head = at->of_head,
		};
	}
}

static void observe_claims(struct world *world, const struct world_cluster *cluster, uint64_t owner,
	struct arena *arena, struct observed *out)
{
	size_t count = count_assets(cluster, WORLD_CLAIMS);
	struct observed_claim *const claims = arena_array(arena, count + 1, sizeof(*claims));

	out->claims = claims;
	out->claim_count = count;
	for (const struct world_asset *at = cluster->assets; at; at = at->next) {
		if (at->kind != WORLD_CLAIMS)
			continue;
		claims[--count] = (struct observed_claim){
			.name = arena_str(arena, (struct str){at->name, at->name_len}),
			.spec = read_text(world, at, arena),
			.ours = owner && at->owner == owner,
			.stray = at->owner == 0,
			.deleting = at->deleting,
		};
	}
}

static const char *kind_of(const struct world_failure *failure)
{
	return failure->action == ACTION_STATUS || failure->action == ACTION_PATCH
		       ? "RayCluster"
		       : CHILD_KIND_NAMES[failure->child];
}

static void observe_failures(
	const struct world_cluster *cluster, struct arena *arena, struct observed *out)
{
	struct observed_failure *const failures =
		arena_array(arena, WORLD_FAILURES_MAX, sizeof(*failures));

	out->failures = failures;
	for (const struct world_failure *at = cluster->failures; at; at = at->next) {
		if (at->unanswered && at->unanswered < WORLD_UNANSWERED_TOLD)
			continue;
		failures[out->failure_count++] = (struct observed_failure){
			.what = arena_str(arena, str_from(at->what)),
			.group = arena_str(arena, str_from(at->group)),
			.kind = str_from(kind_of(at)),
			.message = arena_str(arena, str_from(at->message)),
			.code = at->code,
			.taken = at->taken,
			.action = at->action,
		};
	}
}

static bool is_due(const struct world_cluster *cluster)
{
	return cluster->checked == 0 ||
	       clock_now() - cluster->checked >= ROUND_RESYNC_S * CLOCK_SECOND;
}

bool world_observe(struct world *world, const struct world_key *key, struct arena *arena,
	struct observed *out, struct acceptance_view *acceptance)
{
	*out = (struct observed){0};
	*acceptance = (struct acceptance_view){0};
	pthread_mutex_lock(&world->mutex);
	struct world_cluster *const cluster = world_cluster_of(world, key);

	if (cluster && cluster->told) {
		out->root = read_object(world, cluster, arena);
		out->namespace = arena_str(arena, intern_str(cluster->space->name));
		out->name = arena_str(arena, world_cluster_name(cluster));
		out->uid = uid_text(&cluster->uid, arena);
		out->generation = cluster->generation;
		out->first = cluster->checking = is_due(cluster);
		const uint64_t owner = uid_hash(out->uid);

		observe_pods(cluster, owner, arena, out);
		observe_services(world, cluster, owner, arena, out);
		observe_claims(world, cluster, owner, arena, out);
		observe_failures(cluster, arena, out);
		world_view(world, cluster, arena, acceptance);
	}
	pthread_mutex_unlock(&world->mutex);
	return out->root != NULL;
}
