#include "tests/support/plan_kit.h"

#include <criterion/criterion.h>

#include "api/derived_names.h"
#include "base/yaml.h"
#include "server/children/child.h"

/* Of every Service that is there, by its type. */
#define MODERN_PORTS "p: [{name: client, port: 10001, targetPort: 10001, nodePort: 0}]"
#define NAMED_PORTS  "p: [{name: client, port: 10001, targetPort: ray-client}]"
#define NODE_PORTS   "p: [{name: client, port: 10001, targetPort: 10001, nodePort: 30001}]"
#define LEGACY_PORTS                                                                               \
	"p: [{name: client, protocol: TCP, port: 10001, targetPort: 10001},"                       \
	" {name: dashboard, protocol: TCP, port: 8265, targetPort: 8265},"                         \
	" {name: ray-serve, protocol: TCP, port: 8000, targetPort: 8000}]"

enum { THINGS_MAX = 40 };

static const struct json_node *read_yaml(struct arena *arena, struct str text)
{
	static const struct yaml_limits LIMITS = {
		.bytes = 1u << 20, .depth = 100, .nodes = 100000, .expanded = 100000};
	struct yaml_doc doc;
	struct err err;

	cr_assert(yaml_read(arena, text, &LIMITS, &doc, &err), "%s:\n%s", err.text, text.at);
	return doc.json.root;
}

/* The next word of a line, and what is behind it. */
static struct str next_word(struct str *rest)
{
	*rest = str_trim(*rest);
	const size_t len = str_find(*rest, ' ');
	const struct str word = {rest->at, len};

	*rest = str_trim(str_from_offset(*rest, len));
	return word;
}

static bool takes(struct str word, const char *key, struct str *value)
{
	if (!str_starts(word, key))
		return false;
	*value = str_from_offset(word, strlen(key));
	return true;
}

static int64_t number(struct str text)
{
	int64_t value = 0;

	cr_assert(str_to_i64(text, &value), "'%.*s' is no number", STR_ARG(text));
	return value;
}

/* Words with a value. */
static bool read_setting(struct observed_pod *pod, struct str word)
{
	struct str value;

	if (takes(word, "age=", &value))
		pod->created = PLAN_KIT_NOW - number(value);
	else if (takes(word, "since=", &value))
		pod->changed = PLAN_KIT_NOW - number(value);
	else if (takes(word, "ends=", &value))
		pod->ends = PLAN_KIT_NOW + number(value);
	else if (takes(word, "index=", &value))
		pod->replica_index = (int32_t)number(value);
	else if (takes(word, "host=", &value))
		pod->host_index = (int32_t)number(value);
	else if (takes(word, "failed-before=", &value))
		pod->failed_before = (int32_t)number(value);
	else if (takes(word, "replica=", &value))
		pod->replica_name = value;
	else if (takes(word, "ip=", &value))
		pod->ip = value;
	else if (takes(word, "launch=", &value))
		pod->launch_hash = value;
	else if (takes(word, "reason=", &value))
		pod->reason = value;
	else
		return false;
	return true;
}

/* Whose it is, where it is not the cluster's. */
static bool read_owner(struct observed_pod *pod, struct str word)
{
	pod->stray = pod->stray || str_is(word, "stray");
	if (!str_is(word, "foreign") && !str_is(word, "stray"))
		return false;
	pod->ours = false;
	return true;
}

static bool read_flag(struct observed_pod *pod, struct str word)
{
	const struct {
		const char *word;
		bool *flag;
	} flags[] = {
		{"unscheduled", &pod->unschedulable},
		{"deleting", &pod->deleting},
		{"lost", &pod->lost},
		{"ended", &pod->ray_terminated},
		{"never", &pod->restarts_never},
	};

	for (size_t i = 0; i < ARRAY_LEN(flags); i++) {
		if (str_is(word, flags[i].word))
			return *flags[i].flag = true;
	}
	return false;
}

static void read_word(struct observed_pod *pod, struct str word)
{
	if (read_setting(pod, word) || read_owner(pod, word) || read_flag(pod, word))
		return;
	if (str_is(word, "running"))
		pod->phase = POD_RUNNING;
	else if (str_is(word, "ready"))
		pod->ready = POD_READY_TRUE;
	else if (str_is(word, "unready"))
		pod->ready = POD_READY_FALSE;
	else if (str_is(word, "failed"))
		pod->phase = POD_FAILED;
	else if (str_is(word, "succeeded"))
		pod->phase = POD_SUCCEEDED;
	else if (str_is(word, "unknown"))
		pod->phase = POD_UNKNOWN;
	else if (str_is(word, "untold"))
		pod->uid = STR("");
	else if (str_is(word, "head"))
		pod->role = POD_HEAD;
	else if (str_is(word, "cleanup"))
		pod->role = POD_CLEANUP;
	else
		cr_assert(false, "a pod is not '%.*s'", STR_ARG(word));
}

/* Behind a ":" is the message. */
static void read_pod(struct arena *arena, struct observed_pod *pod, struct str rest)
{
	const size_t colon = str_find(rest, ':');

	*pod = (struct observed_pod){
		.created = PLAN_KIT_NOW - 100, .replica_index = -1, .host_index = -1, .ours = true};
	if (colon < rest.len)
		pod->message = str_trim(str_from_offset(rest, colon + 1));
	rest.len = colon;
	pod->name = next_word(&rest);
	pod->uid = arena_printf(arena, "uid-%.*s", STR_ARG(pod->name));
	pod->group = next_word(&rest);
	pod->role = str_is(pod->group, HEAD_GROUP) ? POD_HEAD : POD_WORKER;
	while (rest.len)
		read_word(pod, next_word(&rest));
}

static void read_failure(struct arena *arena, struct observed_failure *failure, struct str rest)
{
	*failure = (struct observed_failure){.kind = next_word(&rest), .code = 403};
	failure->group = next_word(&rest);
	failure->what = failure->group;
	failure->message = arena_str(arena, rest);
}

static void read_verdict(struct arena *arena, struct observed_verdict *verdict, struct str rest)
{
	struct observed_size *const sizes = arena_array(arena, THINGS_MAX, sizeof(*sizes));

	*verdict = (struct observed_verdict){
		.reason = arena_str(arena, next_word(&rest)).at,
		.message = STR("spec is wrong"),
		.sizes = sizes,
	};
	while (rest.len) {
		const struct str word = next_word(&rest);
		const size_t at = str_find(word, '=');

		sizes[verdict->size_count].group = (struct str){word.at, at};
		sizes[verdict->size_count++].pods = (int32_t)number(str_from_offset(word, at + 1));
	}
}

static void read_claim(struct arena *arena, struct observed_claim *claim, struct str rest)
{
	claim->name = next_word(&rest);
	const struct str owner = next_word(&rest);

	claim->ours = str_is(owner, "ours");
	claim->stray = str_is(owner, "stray");
	claim->spec = read_yaml(arena, rest);
}

/* The arrays of an observation, while they are filled. */
struct filling {
	struct arena *arena;
	enum dialect dialect;
	struct observed *seen;
	struct observed_pod *pods;
	struct observed_service *services;
	struct observed_claim *claims;
	struct observed_failure *failures;
	struct observed_pod *doubts;
	struct buf status;
};

/* False when the line tells of no write that went wrong. */
static bool read_trouble(struct filling *f, struct str kind, struct str rest)
{
	static const struct {
		const char *kind;
		int code;
	} KINDS_OF[] = {{"failure", 403}, {"silence", 0}, {"missing", 404}, {"taken", 409}};
	struct observed_failure *const failure = &f->failures[f->seen->failure_count];

	if (str_is(kind, "refused")) {
		*failure = (struct observed_failure){.kind = STR("Pod"),
			.what = next_word(&rest),
			.code = 403,
			.action = ACTION_ADOPT};
		failure->message = arena_str(f->arena, rest);
		f->seen->failure_count++;
		return true;
	}
	for (size_t i = 0; i < ARRAY_LEN(KINDS_OF); i++) {
		if (!str_is(kind, KINDS_OF[i].kind))
			continue;
		read_failure(f->arena, failure, rest);
		failure->code = KINDS_OF[i].code;
		failure->taken = str_is(kind, "taken");
		f->seen->failure_count++;
		return true;
	}
	return false;
}

static void read_service(struct filling *f, struct observed_service *service, struct str rest)
{
	service->name = next_word(&rest);
	service->ours = true;
	service->cluster_ip = next_word(&rest);
	service->type = next_word(&rest);
	service->of_head = str_is(next_word(&rest), "head");
	service->deleting = str_is(next_word(&rest), "deleting");
	const struct str ports = f->dialect == DIALECT_LEGACY            ? STR(LEGACY_PORTS)
				 : str_is(service->type, "NodePort")     ? STR(NODE_PORTS)
				 : str_is(service->type, "LoadBalancer") ? STR(NAMED_PORTS)
									 : STR(MODERN_PORTS);

	service->ports = json_get(read_yaml(f->arena, ports), "p");
}

static void read_line(struct filling *f, struct str rest)
{
	const struct str kind = next_word(&rest);

	if (kind.len == 0 || read_trouble(f, kind, rest))
		return;
	if (str_is(kind, "pod"))
		read_pod(f->arena, &f->pods[f->seen->pod_count++], rest);
	else if (str_is(kind, "service"))
		read_service(f, &f->services[f->seen->service_count++], rest);
	else if (str_is(kind, "claim"))
		read_claim(f->arena, &f->claims[f->seen->claim_count++], rest);
	else if (str_is(kind, "doubt"))
		read_pod(f->arena, &f->doubts[f->seen->doubt_count++], rest);
	else if (str_is(kind, "withheld"))
		f->seen->withheld = true;
	else if (str_is(kind, "verdict"))
		read_verdict(f->arena, &f->seen->verdict, rest);
	else if (str_is(kind, "first"))
		f->seen->first = true;
	else if (str_is(kind, "status"))
		buf_printf(&f->status, rest.at[0] == '{' ? " %.*s\n" : "\n  %.*s\n", STR_ARG(rest));
	else
		cr_assert(false, "what is '%.*s'?", STR_ARG(kind));
}

static void read_there(struct filling *f, struct str text)
{
	f->pods = arena_array(f->arena, THINGS_MAX, sizeof(*f->pods));
	f->services = arena_array(f->arena, THINGS_MAX, sizeof(*f->services));
	f->claims = arena_array(f->arena, THINGS_MAX, sizeof(*f->claims));
	f->failures = arena_array(f->arena, THINGS_MAX, sizeof(*f->failures));
	f->doubts = arena_array(f->arena, THINGS_MAX, sizeof(*f->doubts));
	while (text.len) {
		const size_t len = str_find(text, '\n');

		read_line(f, (struct str){text.at, len});
		text = str_from_offset(text, len < text.len ? len + 1 : len);
	}
	f->seen->pods = f->pods;
	f->seen->services = f->services;
	f->seen->claims = f->claims;
	f->seen->failures = f->failures;
	f->seen->doubts = f->doubts;
}

static void decode(struct filling *f, const struct plan_kit_cluster *cluster)
{
	struct observed *const seen = f->seen;
	struct arena *const arena = f->arena;
	struct field_errors errors;

	seen->root = read_yaml(arena,
		arena_printf(arena,
			"apiVersion: %s/v1\nkind: RayCluster\n"
			"metadata: {name: demo, namespace: ns, uid: u-1, generation: 7%s%s}\n"
			"%s%.*sspec:\n%s\n",
			DIALECT_WORDS[f->dialect].group, cluster->meta ? ", " : "",
			cluster->meta ? cluster->meta : "", f->status.len ? "status:" : "",
			(int)f->status.len, f->status.len ? f->status.at : "", cluster->spec));
	field_errors_init(&errors, arena, seen->root);
	const struct schema_decoder decoder = {.arena = arena, .errors = &errors};

	seen->object = ray_object_decode(&decoder, RAY_CLUSTER, f->dialect, seen->root);
}

static struct observed *observe(
	struct arena *arena, const struct plan_kit_cluster *cluster, enum dialect dialect)
{
	struct observed *const seen = arena_alloc(arena, sizeof(*seen));
	struct filling f = {.arena = arena, .dialect = dialect, .seen = seen};

	*seen = (struct observed){
		.namespace = STR("ns"),
		.name = STR("demo"),
		.uid = STR("u-1"),
		.generation = 7,
		.verdict = {.accepted = true, .generation = 7, .reason = "Accepted"},
		.domain = STR(""),
		.now = PLAN_KIT_NOW,
		.seed = 42,
		.random = {1},
	};
	read_there(&f, str_from(cluster->there));
	decode(&f, cluster);
	buf_done(&f.status);
	return seen;
}

struct observed *plan_kit_observe(struct arena *arena, const struct plan_kit_cluster *cluster)
{
	return observe(arena, cluster, DIALECT_MODERN);
}

struct observed *plan_kit_observe_legacy(
	struct arena *arena, const struct plan_kit_cluster *cluster)
{
	return observe(arena, cluster, DIALECT_LEGACY);
}

static void print_create(const struct action *action, struct buf *out)
{
	const bool pod = action->child == CHILD_POD;
	const struct json_edit *const meta = json_edit_get(action->body, STR("metadata"));
	const bool drawn =
		pod && str_starts(action->name,
			       json_edit_text(json_edit_get(meta, STR("generateName"))).at);

	cr_expect(str_eq(json_edit_text(json_edit_get(meta, STR("name"))), action->name));
	buf_printf(out, "create %s %.*s%s", CHILD_KIND_NAMES[action->child],
		(int)(action->name.len - (drawn ? DERIVED_SUFFIX_LEN : 0)), action->name.at,
		drawn ? "*" : "");
	if (pod && action->expected.replica_index >= 0)
		buf_printf(out, " index=%d", action->expected.replica_index);
	if (pod && action->expected.host_index >= 0)
		buf_printf(out, " host=%d", action->expected.host_index);
	if (pod && action->expected.failed_before)
		buf_printf(out, " failed-before=%d", action->expected.failed_before);
	if (action->needed)
		buf_add_cstr(out, " needed");
	buf_add_char(out, '\n');
}

static void print_action(const struct action *action, struct buf *out)
{
	switch (action->kind) {
	case ACTION_CREATE:
		print_create(action, out);
		break;
	case ACTION_DELETE_POD:
		buf_printf(out, "delete %.*s: %.*s\n", STR_ARG(action->name),
			STR_ARG(action->message));
		break;
	case ACTION_EVENT:
		buf_printf(out, "%s %s: %.*s\n", action->warning ? "warning" : "event",
			action->reason, STR_ARG(action->message));
		break;
	case ACTION_ADOPT:
	case ACTION_RELEASE:
		buf_printf(out, "%s %s %.*s\n", action->kind == ACTION_ADOPT ? "adopt" : "release",
			CHILD_KIND_NAMES[action->child], STR_ARG(action->name));
		break;
	case ACTION_PATCH:
	case ACTION_PATCH_SERVICE:
		buf_printf(out, "patch %.*s%s", STR_ARG(action->name), action->name.len ? " " : "");
		json_edit_print(action->body, out);
		buf_add_char(out, '\n');
		break;
	case ACTION_STATUS:
		break;
	}
}

struct str plan_kit_actions(struct arena *arena, const struct round *round)
{
	CLEANUP(buf_done) struct buf out = {0};

	for (size_t i = 0; i < round->count; i++)
		print_action(&round->actions[i], &out);
	if (round->again)
		buf_printf(&out, "again %lld\n", (long long)round->again);
	return arena_str(arena, buf_str(&out));
}

static void print_conditions(const struct json_edit *conditions, struct buf *out)
{
	for (const struct json_edit *v = json_edit_first(conditions); v; v = json_edit_next(v)) {
		const struct json_edit *const of = json_edit_get(v, STR("observedGeneration"));
		const struct str since =
			json_edit_text(json_edit_get(v, STR("lastTransitionTime")));

		buf_printf(out, "%.*s %.*s %.*s",
			STR_ARG(json_edit_text(json_edit_get(v, STR("type")))),
			STR_ARG(json_edit_text(json_edit_get(v, STR("status")))),
			STR_ARG(json_edit_text(json_edit_get(v, STR("reason")))));
		if (of)
			buf_printf(out, " of %.*s", STR_ARG(json_edit_text(of)));
		buf_printf(out, "%s: %.*s\n", str_is(since, PLAN_KIT_NOW_TEXT) ? " now" : "",
			STR_ARG(json_edit_text(json_edit_get(v, STR("message")))));
	}
}

struct str plan_kit_status(struct arena *arena, const struct round *round)
{
	CLEANUP(buf_done) struct buf out = {0};
	const struct json_edit *status = NULL;

	for (size_t i = 0; i < round->count; i++) {
		if (round->actions[i].kind != ACTION_STATUS)
			continue;
		cr_expect_null(status, "the status is written once a round");
		status = json_edit_get(round->actions[i].body, STR("status"));
	}
	for (const struct json_edit *v = json_edit_first(status); v; v = json_edit_next(v)) {
		const struct str key = json_edit_key(v);

		if (str_is(key, "conditions")) {
			print_conditions(v, &out);
		} else if (str_is(key, "lastUpdateTime")) {
			cr_expect(str_is(json_edit_text(v), PLAN_KIT_NOW_TEXT));
		} else {
			buf_printf(&out, "%.*s ", STR_ARG(key));
			json_edit_print(v, &out);
			buf_add_char(&out, '\n');
		}
	}
	return arena_str(arena, buf_str(&out));
}
