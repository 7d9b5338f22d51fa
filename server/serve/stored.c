#include "server/serve/stored.h"

#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/hash.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/table.h"
#include "server/admission/mutation.h"
#include "server/serve/telemetry.h"

/* A cluster full of objects that break rules must not fill the log. */
static const struct {
	size_t lines;
	int64_t within;
} LOG_LIMIT = {100, 60 * CLOCK_SECOND};

/* An object as it was judged; its key stands behind its rules. */
struct judged {
	struct table_item item;
	uint32_t key_len;
	uint64_t uid; /* its hash: after a new list it may be another one of that name */
	int64_t generation;
	uint64_t words; /* of its labels and annotations, which rules read and no generation counts
			 */
	uint32_t round; /* of which policy */
	uint32_t count;
	const struct rule *rules[]; /* that it breaks, each once */
};

struct stored {
	enum dialect dialect;
	struct table objects; /* of struct judged */
	uint32_t round;
	struct metrics *metrics;
	int64_t lines_since;
	size_t lines, untold;
};

void stored_free(struct stored **stored)
{
	void *judged;

	if (*stored == NULL)
		return;
	for (size_t at = 0; (judged = table_next(&(*stored)->objects, &at)) != NULL;)
		free(judged);
	table_done(&(*stored)->objects);
	mem_free(stored);
}

/* namespace/name */
static struct str make_key(struct arena *arena, struct str namespace, struct str name)
{
	return arena_printf(arena, "%.*s/%.*s", STR_ARG(namespace), STR_ARG(name));
}

static struct str key_of(const struct judged *judged)
{
	return (struct str){(const char *)&judged->rules[judged->count], judged->key_len};
}

static bool is_key(const struct table_item *item, const void *key)
{
	return str_eq(key_of((const void *)item), *(const struct str *)key);
}

static struct judged *find(const struct stored *stored, struct str key)
{
	return table_find(
		&stored->objects, (uint32_t)hash_str(hash_process_key(), key), is_key, &key);
}

static void count_clusters(struct stored *stored, bool broken, int64_t n)
{
	metrics_add(metrics_series(stored->metrics, TELEMETRY_STORED_CLUSTERS,
			    METRICS_VALUES(str_from(DIALECT_WORDS[stored->dialect].group),
				    str_from(broken ? "broken" : "kept"))),
		n);
}

static void count(struct stored *stored, const struct judged *judged, int64_t n)
{
	count_clusters(stored, judged->count > 0, n);
	for (size_t i = 0; i < judged->count; i++)
		metrics_add(metrics_series(stored->metrics, TELEMETRY_STORED_VIOLATIONS,
				    METRICS_VALUES(str_from(judged->rules[i]->id))),
			n);
}

/* What was never counted is told as 0. */
struct stored *stored_new(struct metrics *metrics, enum dialect dialect)
{
	struct stored *const stored = mem_alloc(sizeof(*stored));

	stored->metrics = metrics;
	stored->dialect = dialect;
	count_clusters(stored, false, 0);
	count_clusters(stored, true, 0);
	return stored;
}

static bool breaks(const struct judged *judged, const struct rule *rule)
{
	for (size_t i = 0; judged && i < judged->count; i++) {
		if (judged->rules[i] == rule)
			return true;
	}
	return false;
}

static void put_rules(const struct findings *findings, struct judged *out)
{
	for (size_t i = 0; i < findings->errors; i++) {
		if (!breaks(out, findings->items[i].rule))
			out->rules[out->count++] = findings->items[i].rule;
	}
}

/* What is being deleted is nobody's business any more. */
static struct judged *judge(const struct stored *stored, const struct policy *policy,
	struct str key, const struct json_node *object, struct arena *arena)
{
	const struct json_node *const meta = json_get(object, "metadata");
	const struct mutation_input in = {
		.arena = arena,
		.policy = policy,
		.namespace = json_str(arena, json_get(meta, "namespace")),
		.kind = RAY_CLUSTER,
		.dialect = stored->dialect,
		.object = object,
	};
	const struct mutation *const m =
		json_present(json_get(meta, "deletionTimestamp")) ? NULL : mutation_run(&in);
	const size_t most = m ? m->findings.errors : 0;
	struct judged *const judged =
		mem_alloc(sizeof(*judged) + most * sizeof(judged->rules[0]) + key.len);

	if (m)
		put_rules(&m->findings, judged);
	judged->item.hash = (uint32_t)hash_str(hash_process_key(), key);
	judged->key_len = (uint32_t)key.len;
	memcpy(&judged->rules[judged->count], key.at, key.len);
	return judged;
}

static const struct rule *first_new(const struct judged *judged, const struct judged *before)
{
	for (size_t i = 0; i < judged->count; i++) {
		if (!breaks(before, judged->rules[i]))
			return judged->rules[i];
	}
	return NULL;
}

static void tell_untold(struct stored *stored)
{
	if (stored->untold)
		LOG(WARN, "more stored objects break rules, `raygate check -A` tells them all",
			KV_INT("objects", (long long)stored->untold));
	stored->untold = 0;
}

/* Whether there is room in the log for one more line. */
static bool may_tell(struct stored *stored)
{
	const int64_t now = clock_now();

	if (stored->lines == 0 || now - stored->lines_since > LOG_LIMIT.within) {
		tell_untold(stored);
		stored->lines_since = now;
		stored->lines = 0;
	}
	if (stored->lines < LOG_LIMIT.lines) {
		stored->lines++;
		return true;
	}
	stored->untold++;
	return false;
}

/* Takes `judged` over, in the place of what there was. */
static void keep(struct stored *stored, struct judged *before, struct judged *judged)
{
	count(stored, judged, 1);
	if (before) {
		table_swap(&stored->objects, &before->item, &judged->item);
		count(stored, before, -1);
		free(before);
	} else {
		table_add(&stored->objects, &judged->item);
	}
}

/* Most of what a watch tells is a status that was written. */
static bool is_judged(const struct judged *before, const struct judged *now)
{
	return before && now->generation && before->generation == now->generation &&
	       before->uid == now->uid && before->words == now->words &&
	       before->round == now->round;
}

static uint64_t words_of(const struct json_node *meta)
{
	return json_hash(json_get(meta, "labels")) + 31 * json_hash(json_get(meta, "annotations"));
}

static void tell(struct stored *stored, const struct judged *judged, const struct rule *rule)
{
	if (may_tell(stored))
		LOG(WARN, "a stored object breaks rules",
			KV("group", DIALECT_WORDS[stored->dialect].group),
			KV("object", key_of(judged)), KV_INT("generation", judged->generation),
			KV_INT("rules", (long long)judged->count), KV("rule", rule->id),
			KV("holds", rule->about));
}

void stored_see(struct stored *stored, const struct policy *policy, const struct json_node *object,
	struct arena *arena)
{
	const struct json_node *const meta = json_get(object, "metadata");
	const struct str key = make_key(arena, json_str(arena, json_get(meta, "namespace")),
		json_str(arena, json_get(meta, "name")));
	struct judged *const before = find(stored, key);
	struct judged now = {
		.uid = str_hash(json_str(arena, json_get(meta, "uid"))),
		.words = words_of(meta),
		.round = stored->round,
	};

	json_i64(json_get(meta, "generation"), &now.generation);
	if (is_judged(before, &now))
		return;
	struct judged *const judged = judge(stored, policy, key, object, arena);
	const struct rule *const rule = first_new(judged, before);

	judged->uid = now.uid;
	judged->generation = now.generation;
	judged->words = now.words;
	judged->round = now.round;
	if (rule)
		tell(stored, judged, rule);
	keep(stored, before, judged);
}

void stored_unsee(struct stored *stored, struct str namespace, struct str name)
{
	struct arena arena CLEANUP(arena_done);

	arena_init(&arena, 512);
	struct judged *const judged = find(stored, make_key(&arena, namespace, name));

	if (judged == NULL)
		return;
	table_remove(&stored->objects, &judged->item);
	count(stored, judged, -1);
	free(judged);
}

/* After a new start, what was not told again is gone. */
void stored_told(struct stored *stored)
{
	struct judged *judged;

	for (size_t at = 0; (judged = table_next(&stored->objects, &at)) != NULL;) {
		if (judged->round == stored->round)
			continue;
		table_remove_at(&stored->objects, &at);
		count(stored, judged, -1);
		free(judged);
	}
	tell_untold(stored);
}

void stored_start_over(struct stored *stored)
{
	stored->round++;
}
