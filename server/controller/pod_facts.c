#include "server/controller/pod_facts.h"

#include <stdio.h>

#include "base/clock.h"
#include "base/hash.h"
#include "server/children/child.h"
#include "server/controller/owner.h"

enum { UUID_LEN = 36 };

const struct pod_words POD_WORDS[DIALECTS] = {
	[DIALECT_MODERN] =
		{
			.cluster = LABEL_CLUSTER,
			.role = LABEL_NODE_TYPE,
			.group = LABEL_GROUP,
			.replica_name = "ray.io/worker-group-replica-name",
			.replica_index = "ray.io/worker-group-replica-index",
			.host_index = "ray.io/replica-host-index",
			.hash_annotation = "ray.io/upgrade-strategy-recreate-hash",
		},
	[DIALECT_LEGACY] =
		{
			.cluster = "ray-cluster-name",
			.role = "ray-node-type",
			.group = "ray-user-node-type",
			.hash_label = "ray-launch-config",
		},
};

static int hex_of(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

static bool is_dash(size_t at)
{
	return at == 8 || at == 13 || at == 18 || at == 23;
}

static bool pack(struct str text, uint8_t bytes[16])
{
	size_t nibbles = 0;

	for (size_t i = 0; i < UUID_LEN; i++) {
		const int value = hex_of(text.at[i]);

		if (is_dash(i) ? text.at[i] != '-' : value < 0)
			return false;
		if (is_dash(i))
			continue;
		bytes[nibbles / 2] = (uint8_t)(bytes[nibbles / 2] << 4 | value);
		nibbles++;
	}
	return true;
}

struct uid uid_of(struct str text)
{
	struct uid uid = {0};

	if (text.len == UUID_LEN && pack(text, uid.bytes)) {
		uid.len = UUID_LEN;
		return uid;
	}
	uid = (struct uid){.len = (uint8_t)(text.len < 16 ? text.len : 16)};
	memcpy(uid.bytes, text.at ? text.at : "", uid.len);
	return uid;
}

bool uid_eq(const struct uid *a, const struct uid *b)
{
	return a->len == b->len && memcmp(a->bytes, b->bytes, sizeof(a->bytes)) == 0;
}

struct str uid_text(const struct uid *uid, struct arena *arena)
{
	char text[UUID_LEN + 1];
	size_t len = 0;

	if (uid->len != UUID_LEN)
		return arena_str(arena, (struct str){(const char *)uid->bytes, uid->len});
	for (size_t nibbles = 0; len < UUID_LEN;) {
		const unsigned byte = uid->bytes[nibbles / 2];

		if (is_dash(len)) {
			text[len++] = '-';
			continue;
		}
		text[len++] = "0123456789abcdef"[nibbles++ % 2 ? byte & 15 : byte >> 4];
	}
	return arena_str(arena, (struct str){text, len});
}

uint64_t uid_hash(struct str text)
{
	return text.len ? hash_str(hash_process_key(), text) | 1 : 0;
}

static uint32_t seconds_of(struct str time)
{
	int64_t wall;

	if (!clock_parse_rfc3339(time, &wall) || wall < 0)
		return 0;
	return (uint32_t)(wall / CLOCK_SECOND);
}

static struct str text_of(struct arena *arena, const struct json_node *object, const char *key)
{
	return json_str(arena, json_get(object, key));
}

static int32_t number_of(struct str text)
{
	int64_t value;

	return str_to_i64(text, &value) && value >= 0 && value <= INT32_MAX ? (int32_t)value : -1;
}

static enum pod_role role_of(struct str word)
{
	if (str_is(word, "head"))
		return POD_HEAD;
	return str_is(word, "redis-cleanup") ? POD_CLEANUP : POD_WORKER;
}

static enum pod_phase phase_of(struct str word)
{
	static const struct {
		const char *word;
		enum pod_phase phase;
	} PHASES[] = {
		{"Pending", POD_PENDING},
		{"Running", POD_RUNNING},
		{"Succeeded", POD_SUCCEEDED},
		{"Failed", POD_FAILED},
		{"Unknown", POD_UNKNOWN},
	};

	for (size_t i = 0; i < ARRAY_LEN(PHASES); i++) {
		if (str_is(word, PHASES[i].word))
			return PHASES[i].phase;
	}
	return POD_PENDING;
}

static void read_labels(const struct pod_words *words, const struct json_node *meta,
	struct arena *arena, struct pod_read *out)
{
	const struct json_node *const labels = json_get(meta, "labels");
	const struct json_node *const annotations = json_get(meta, "annotations");

	out->cluster = text_of(arena, labels, words->cluster);
	out->group = text_of(arena, labels, words->group);
	out->facts.role = role_of(text_of(arena, labels, words->role)) & 3;
	out->facts.replica_index = out->facts.host_index = -1;
	if (words->replica_name) {
		out->texts[POD_TEXT_REPLICA] = text_of(arena, labels, words->replica_name);
		out->facts.replica_index = number_of(text_of(arena, labels, words->replica_index));
		out->facts.host_index = number_of(text_of(arena, labels, words->host_index));
	}
	const int32_t failed = number_of(text_of(arena, annotations, OBSERVED_FAILED_BEFORE));

	out->facts.failed_before = failed > 0 ? failed : 0;
	out->launch_hash = words->hash_label ? text_of(arena, labels, words->hash_label)
					     : text_of(arena, annotations, words->hash_annotation);
}

static void read_meta(const struct json_node *meta, struct arena *arena, struct pod_read *out)
{
	out->name = out->texts[POD_TEXT_NAME] = text_of(arena, meta, "name");
	out->namespace = text_of(arena, meta, "namespace");
	out->facts.uid = uid_of(text_of(arena, meta, "uid"));
	out->facts.owner = uid_hash(text_of(arena, owner_controller(meta), "uid"));
	out->facts.created = seconds_of(text_of(arena, meta, "creationTimestamp"));
	out->facts.deleting = json_present(json_get(meta, "deletionTimestamp"));
	out->facts.ends = seconds_of(text_of(arena, meta, "deletionTimestamp"));
}

static void take_reason(const struct json_node *from, struct arena *arena, struct pod_read *out)
{
	if (out->texts[POD_TEXT_REASON].len)
		return;
	out->texts[POD_TEXT_REASON] = text_of(arena, from, "reason");
	out->texts[POD_TEXT_MESSAGE] = text_of(arena, from, "message");
}

static void read_condition(
	const struct json_node *condition, struct arena *arena, struct pod_read *out)
{
	const struct json_node *const type = json_get(condition, "type");
	const bool is_true = json_str_is(json_get(condition, "status"), STR("True"));

	if (json_str_is(type, STR("Ready"))) {
		out->facts.ready = is_true ? POD_READY_TRUE : POD_READY_FALSE;
		out->facts.changed = seconds_of(text_of(arena, condition, "lastTransitionTime"));
	} else if (json_str_is(type, STR("PodScheduled")) && !is_true) {
		out->facts.unschedulable = true;
		take_reason(condition, arena, out);
	}
}

/* What a container waits for, or why it has ended. */
static void read_states(const struct json_node *statuses, struct arena *arena, struct pod_read *out)
{
	for (struct json_iter it = json_iter(statuses); json_next_item(&it);) {
		const struct json_node *const state = json_get(it.value, "state");
		const struct json_node *const ended = json_get(state, "terminated");
		int64_t code = 0;

		json_i64(json_get(ended, "exitCode"), &code);
		take_reason(json_get(state, "waiting"), arena, out);
		if (code != 0)
			take_reason(ended, arena, out);
	}
}

/* Container 0 is Ray's; its status is found by name, as the kubelet sorts them. */
static void read_ray(
	const struct json_node *containers, const struct json_node *statuses, struct pod_read *out)
{
	const struct json_node *const name = json_get(json_item(containers, 0), "name");

	for (struct json_iter it = json_iter(statuses); json_next_item(&it);) {
		int64_t restarts = 0;

		if (name && !json_str_equal(json_get(it.value, "name"), name))
			continue;
		json_i64(json_get(it.value, "restartCount"), &restarts);
		out->facts.restarts = (int32_t)(restarts < INT32_MAX ? restarts : INT32_MAX);
		out->facts.ray_terminated =
			json_present(json_get(json_get(it.value, "state"), "terminated"));
		return;
	}
}

/* Where no container says why, as of a probe that fails; only of a head more than that is told. */
static void read_unready(
	const struct json_node *conditions, struct arena *arena, struct pod_read *out)
{
	if (out->facts.role != POD_HEAD || out->facts.ready != POD_READY_FALSE)
		return;
	for (struct json_iter it = json_iter(conditions); json_next_item(&it);) {
		if (json_str_is(json_get(it.value, "type"), STR("Ready")))
			take_reason(it.value, arena, out);
	}
}

/*
 * The kubelet always says why a pod is not ready. Who gives a node up does not, and leaves as it
 * was what the kubelet said last of the containers.
 */
static bool is_lost(const struct json_node *conditions)
{
	bool silent = false;
	bool containers = false;

	for (struct json_iter it = json_iter(conditions); json_next_item(&it);) {
		const struct json_node *const type = json_get(it.value, "type");
		const struct json_node *const status = json_get(it.value, "status");

		silent |= json_str_is(type, STR("Ready")) && json_str_is(status, STR("False")) &&
			  !json_present(json_get(it.value, "reason"));
		containers |= json_str_is(type, STR("ContainersReady")) &&
			      json_str_is(status, STR("True"));
	}
	return silent && containers;
}

bool pod_read(enum dialect dialect, const struct json_node *object, struct arena *arena,
	struct pod_read *out)
{
	const struct json_node *const spec = json_get(object, "spec");
	const struct json_node *const status = json_get(object, "status");
	const struct json_node *const statuses = json_get(status, "containerStatuses");
	const struct json_node *const conditions = json_get(status, "conditions");

	*out = (struct pod_read){0};
	read_meta(json_get(object, "metadata"), arena, out);
	read_labels(&POD_WORDS[dialect], json_get(object, "metadata"), arena, out);
	if (out->facts.role == POD_HEAD)
		out->texts[POD_TEXT_IP] = text_of(arena, status, "podIP");
	out->facts.restarts_never = json_str_is(json_get(spec, "restartPolicy"), STR("Never"));
	out->facts.phase = phase_of(text_of(arena, status, "phase")) & 7;
	for (struct json_iter it = json_iter(conditions); json_next_item(&it);)
		read_condition(it.value, arena, out);
	read_states(json_get(status, "initContainerStatuses"), arena, out);
	read_states(statuses, arena, out);
	take_reason(status, arena, out);
	read_unready(conditions, arena, out);
	out->facts.lost = out->facts.phase == POD_UNKNOWN ||
			  (out->facts.ready == POD_READY_FALSE && is_lost(conditions));
	read_ray(json_get(spec, "containers"), statuses, out);
	return out->name.len > 0;
}

void pod_read_expected(const struct observed_pod *expected, struct pod_read *out)
{
	*out = (struct pod_read){
		.name = expected->name,
		.group = expected->group,
		.launch_hash = expected->launch_hash,
		.texts = {[POD_TEXT_NAME] = expected->name,
			[POD_TEXT_REPLICA] = expected->replica_name},
		.facts = {.role = expected->role & 3,
			.replica_index = expected->replica_index,
			.host_index = expected->host_index,
			.created = (uint32_t)expected->created,
			.failed_before = expected->failed_before,
			.restarts_never = expected->restarts_never},
	};
}

static size_t len_of(struct str text)
{
	size_t len = text.len < POD_TEXT_MAX ? text.len : POD_TEXT_MAX;

	/* Never in the middle of a character. */
	while (len < text.len && len && ((unsigned char)text.at[len] & 0xC0) == 0x80)
		len--;
	return len;
}

size_t pod_facts_size(const struct pod_read *read)
{
	size_t size = sizeof(struct pod_facts);

	for (size_t i = 0; i < POD_TEXTS; i++)
		size += len_of(read->texts[i]);
	return size;
}

void pod_facts_fill(struct pod_facts *out, const struct pod_read *read, struct interns *interns)
{
	char *to = (char *)(out + 1);

	*out = read->facts;
	out->group = intern_take(interns, read->group);
	out->launch_hash = intern_take(interns, read->launch_hash);
	for (size_t i = 0; i < POD_TEXTS; i++) {
		const size_t len = len_of(read->texts[i]);

		out->lens[i] = (uint16_t)len;
		memcpy(to, len ? read->texts[i].at : "", len);
		to += len;
	}
}

void pod_facts_done(struct pod_facts *facts, struct interns *interns)
{
	intern_give(interns, facts->group);
	intern_give(interns, facts->launch_hash);
}

struct str pod_facts_text(const struct pod_facts *facts, enum pod_text which)
{
	const char *at = (const char *)(facts + 1);

	for (size_t i = 0; i < (size_t)which; i++)
		at += facts->lens[i];
	return (struct str){at, facts->lens[which]};
}

static bool texts_equal(const struct pod_facts *a, const struct pod_facts *b)
{
	for (enum pod_text i = 0; i < POD_TEXTS; i++) {
		if (!str_eq(pod_facts_text(a, i), pod_facts_text(b, i)))
			return false;
	}
	return true;
}

static bool states_equal(const struct pod_facts *a, const struct pod_facts *b)
{
	return a->role == b->role && a->phase == b->phase && a->ready == b->ready &&
	       a->deleting == b->deleting && a->ends == b->ends &&
	       a->unschedulable == b->unschedulable && a->ray_terminated == b->ray_terminated &&
	       a->restarts == b->restarts && a->lost == b->lost;
}

bool pod_facts_equal(const struct pod_facts *a, const struct pod_facts *b)
{
	return uid_eq(&a->uid, &b->uid) && a->owner == b->owner && a->group == b->group &&
	       a->launch_hash == b->launch_hash && a->changed == b->changed &&
	       a->replica_index == b->replica_index && a->host_index == b->host_index &&
	       states_equal(a, b) && texts_equal(a, b);
}

void pod_facts_observe(const struct pod_facts *facts, struct arena *arena, struct observed_pod *out)
{
	*out = (struct observed_pod){
		.name = arena_str(arena, pod_facts_text(facts, POD_TEXT_NAME)),
		.uid = uid_text(&facts->uid, arena),
		.group = arena_str(arena, intern_str(facts->group)),
		.replica_name = arena_str(arena, pod_facts_text(facts, POD_TEXT_REPLICA)),
		.ip = arena_str(arena, pod_facts_text(facts, POD_TEXT_IP)),
		.reason = arena_str(arena, pod_facts_text(facts, POD_TEXT_REASON)),
		.message = arena_str(arena, pod_facts_text(facts, POD_TEXT_MESSAGE)),
		.launch_hash = arena_str(arena, intern_str(facts->launch_hash)),
		.role = facts->role,
		.phase = facts->phase,
		.ready = facts->ready,
		.replica_index = facts->replica_index,
		.host_index = facts->host_index,
		.restarts = facts->restarts,
		.failed_before = facts->failed_before,
		.ends = facts->ends,
		.created = facts->created,
		.changed = facts->changed,
		.deleting = facts->deleting,
		.unschedulable = facts->unschedulable,
		.lost = facts->lost,
		.ray_terminated = facts->ray_terminated,
		.restarts_never = facts->restarts_never,
	};
}
