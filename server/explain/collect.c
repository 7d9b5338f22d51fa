#include "server/explain/collect.h"

#include <stdio.h>

#include "base/clock.h"
#include "server/explain/account.h"
#include "server/explain/logs_wanted.h"
#include "server/explain/ray_owner.h"
#include "server/explain/service.h"
#include "server/explain/subject.h"
#include "server/kube/list.h"

enum {
	ROOT_DEPTH = 256,
	ROOT_NODES = 1024 * 1024, /* of one object */
	LOG_LINES = 20,
	LOG_BYTES = 64 * 1024,
};

#define CALL_TIME  (5 * CLOCK_SECOND)
#define WHOLE_TIME (20 * CLOCK_SECOND)

/* What people call a kind, where it is, and what it is to us; in the order in which a name is
 * tried. */
static const struct type {
	struct kube_resource resource;
	const char *singular;
	enum explain_kind kind;
} TYPES[] = {
	{{"ray.io", "v1", "rayclusters", false}, "raycluster", EXPLAIN_CLUSTER},
	{{"cluster.ray.io", "v1", "rayclusters", false}, "raycluster", EXPLAIN_CLUSTER},
	{{"ray.io", "v1", "rayjobs", false}, "rayjob", EXPLAIN_OWNER},
	{{"ray.io", "v1", "rayservices", false}, "rayservice", EXPLAIN_OWNER},
};

static const struct kube_resource RESOURCES[EXPLAIN_KINDS] = {
	[EXPLAIN_POD] = {"", "v1", "pods", false},
	[EXPLAIN_EVENT] = {"", "v1", "events", false},
	[EXPLAIN_QUOTA] = {"", "v1", "resourcequotas", false},
	[EXPLAIN_RANGE] = {"", "v1", "limitranges", false},
	[EXPLAIN_NODE] = {"", "v1", "nodes", true},
	[EXPLAIN_SERVICE] = {"", "v1", "services", false},
	[EXPLAIN_SLICE] = {"discovery.k8s.io", "v1", "endpointslices", false},
	[EXPLAIN_CLAIM] = {"", "v1", "persistentvolumeclaims", false},
	[EXPLAIN_LEASE] = {"coordination.k8s.io", "v1", "leases", false},
	[EXPLAIN_ACCOUNT] = {"", "v1", "serviceaccounts", false},
	[EXPLAIN_ROLE] = {"rbac.authorization.k8s.io", "v1", "roles", false},
	[EXPLAIN_BINDING] = {"rbac.authorization.k8s.io", "v1", "rolebindings", false},
};

void explain_collect_init(struct explain_collect *c, struct kube_client *client,
	struct explain_input *in, const char *namespace)
{
	*c = (struct explain_collect){client, in, namespace, clock_now() + WHOLE_TIME};
}

static int64_t patience(const struct explain_collect *c)
{
	const int64_t left = c->until - clock_now();

	/* 0 would be the client's own patience. */
	return left < 1 ? 1 : left < CALL_TIME ? left : CALL_TIME;
}

/* A copy that outlives the reply; NULL for what is beyond the limits. */
static const struct json_node *keep(struct arena *arena, const struct json_node *object)
{
	/* Long, and nothing for us. */
	static const struct json_place SKIP[] = {{2, "managedFields"}, {2, "images"}, {0, NULL}};
	const struct str text = arena_str(arena, json_raw(object));
	const struct json_limits limits = {
		.bytes = text.len, .depth = ROOT_DEPTH, .nodes = ROOT_NODES, .skip = SKIP};
	struct json_doc doc;
	struct err ignored;

	return json_read(arena, text, &limits, &doc, &ignored) ? doc.root : NULL;
}

struct taking {
	struct explain_input *in;
	enum explain_kind kind;
};

static void take(void *context, const struct json_node *object, struct arena *arena)
{
	const struct taking *const taking = context;
	const struct json_node *const kept = keep(taking->in->arena, object);

	(void)arena;
	if (kept)
		explain_add_as(taking->in, taking->kind, kept);
}

static void take_again(void *context)
{
	const struct taking *const taking = context;

	taking->in->of[taking->kind].count = 0;
}

static bool list(struct explain_collect *c, enum explain_kind kind,
	const struct kube_resource *resource, struct kube_call call, struct err *err)
{
	struct taking taking = {c->in, kind};
	const struct kube_list_handler handler = {take, take_again, &taking};

	call.verb = KUBE_LIST;
	call.at.resource = resource;
	call.patience = patience(c);
	return kube_list(c->client, &call, &handler, NULL, err);
}

/* Without "GET nodes: " in front, which `what` says already. */
static void add_gap(struct explain_collect *c, const char *what, struct str why)
{
	const size_t colon = str_find(why, ':');

	if (str_starts(why, "GET ") && colon + 2 < why.len)
		why = str_from_offset(why, colon + 2);
	explain_add_gap(c->in, what, why);
}

/* All of a kind in the namespace, or what a selector leaves; a gap where that cannot be read. */
static void look_up(struct explain_collect *c, enum explain_kind kind, struct kube_call call)
{
	struct err err;

	call.at.namespace = kind == EXPLAIN_LEASE ? NULL : c->namespace;
	if (list(c, kind, &RESOURCES[kind], call, &err))
		c->in->of[kind].looked = true;
	else
		add_gap(c, EXPLAIN_KIND_ROWS[kind].plural, str_from(err.text));
}

#define LOOK_UP(c, kind, ...) look_up((c), (kind), (struct kube_call){__VA_ARGS__})

/* What the namespace and the nodes have room for, and what was said in it. */
static void look_around(struct explain_collect *c)
{
	static const enum explain_kind KINDS[] = {
		EXPLAIN_EVENT, EXPLAIN_QUOTA, EXPLAIN_RANGE, EXPLAIN_NODE};

	for (size_t i = 0; i < ARRAY_LEN(KINDS); i++)
		LOOK_UP(c, KINDS[i], .limit = 0);
}

/* The last lines of one container; without a word where there are none to be had. */
static void read_log(struct explain_collect *c, const struct explain_log *wanted)
{
	CLEANUP(kube_reply_done) struct kube_reply reply = {0};
	CLEANUP(buf_done) struct buf path = {0};
	struct arena *const arena = c->in->arena;
	const struct kube_ref at = {
		.resource = &RESOURCES[EXPLAIN_POD],
		.namespace = c->namespace,
		.name = arena_str(arena, wanted->pod).at,
		.part = "log",
	};
	char lines[8];
	struct err err;

	if (!kube_ref_path(&at, &path, &err) || c->in->log_count == EXPLAIN_LOGS_MAX)
		return;
	snprintf(lines, sizeof(lines), "%d", LOG_LINES);
	const size_t start = path.len;

	kube_query_add(&path, start, "container", arena_str(arena, wanted->container).at);
	kube_query_add(&path, start, "tailLines", lines);
	kube_query_add(&path, start, "previous", wanted->previous ? "true" : NULL);
	buf_add_char(&path, '\0');
	const struct kube_call call = {.verb = KUBE_GET,
		.path = path.at,
		.reply_limit = LOG_BYTES,
		.patience = patience(c)};

	if (kube_call(c->client, &call, &reply, &err)) {
		struct explain_log *const log = &c->in->logs[c->in->log_count++];

		*log = *wanted;
		log->text = arena_str(arena, buf_str(&reply.answer.body));
	} else if (err.code == ERR_FORBIDDEN) {
		add_gap(c, "logs of pods", str_from(err.text));
	}
}

static void read_logs(struct explain_collect *c, const struct explain_subject *s)
{
	struct explain_log wanted[EXPLAIN_LOGS_MAX];
	const size_t count = explain_logs_wanted(s, wanted);

	for (size_t i = 0; i < count && clock_now() < c->until; i++)
		read_log(c, &wanted[i]);
}

static bool waits_for_claim(const struct explain_subject *s)
{
	for (size_t i = 0; i < s->pod_count; i++) {
		if (!explain_condition_is(s->pods[i].scheduled, "False"))
			continue;
		for (struct json_iter it =
				json_iter(EXPLAIN_AT(s->pods[i].root, "spec", "volumes"));
			json_next_item(&it);) {
			if (json_present(json_get(it.value, "persistentVolumeClaim")))
				return true;
		}
	}
	return false;
}

/* Nothing tells of a controller: then one asks whether there is any. */
static bool seems_left_alone(const struct explain_subject *s)
{
	const struct raycluster *const cluster = s->object->cluster;
	int64_t missing = 0;

	for (size_t i = 0; cluster && i < cluster->group_count; i++)
		missing += explain_wanted(s, cluster->groups[i]) >
			   explain_there(s, cluster->groups[i]);
	return missing > 0 || json_count(json_get(s->root, "status")) == 0;
}

static void look_for_controllers(struct explain_collect *c)
{
	static const char *const LEASES[] = {
		"metadata.name=ray-operator-leader", "metadata.name=raygate-controller"};

	for (size_t i = 0; i < ARRAY_LEN(LEASES) && c->in->of[EXPLAIN_LEASE].looked == (i > 0); i++)
		LOOK_UP(c, EXPLAIN_LEASE, .field_selector = LEASES[i]);
}

static void look_for_account(struct explain_collect *c, const struct explain_subject *s)
{
	struct explain_account account;

	if (!explain_account(s, &account))
		return;
	for (size_t i = 0; i < EXPLAIN_ACCOUNT_PARTS; i++)
		LOOK_UP(c, (enum explain_kind)(EXPLAIN_ACCOUNT + i),
			.field_selector = arena_printf(
				c->in->arena, "metadata.name=%.*s", STR_ARG(account.names[i]))
						  .at);
}

/* What hangs on what the pods look like. */
static void look_closer(struct explain_collect *c, const struct json_node *cluster)
{
	struct arena *const arena = c->in->arena;
	struct explain_subject s;

	explain_subject_init(&s, c->in, cluster);
	const struct str service = explain_head_service(&s);
	const struct explain_pod *const head = explain_head(&s);

	if (head && head->ready) {
		LOOK_UP(c, EXPLAIN_SERVICE,
			.field_selector =
				arena_printf(arena, "metadata.name=%.*s", STR_ARG(service)).at);
		LOOK_UP(c, EXPLAIN_SLICE,
			.label_selector = arena_printf(
				arena, "kubernetes.io/service-name=%.*s", STR_ARG(service))
						  .at);
	}
	look_for_account(c, &s);
	if (waits_for_claim(&s))
		LOOK_UP(c, EXPLAIN_CLAIM, .limit = 0);
	if (seems_left_alone(&s))
		look_for_controllers(c);
	read_logs(c, &s);
}

/* NULL when it is not there; false where that could not be asked. */
static bool get(struct explain_collect *c, const struct type *type, const char *name,
	const struct json_node **object, struct err *err)
{
	CLEANUP(kube_reply_done) struct kube_reply reply = {0};
	const struct kube_call call = {
		.verb = KUBE_GET,
		.at = {.resource = &type->resource, .namespace = c->namespace, .name = name},
		.patience = patience(c),
	};

	*object = NULL;
	if (!kube_call(c->client, &call, &reply, err))
		return err->code == ERR_NOT_FOUND;
	*object = keep(c->in->arena, reply.doc.root);
	return *object || err_set(err, ERR_INVALID, "%s '%s' is too large", type->singular, name);
}

/* "rayclusters.ray.io", "raycluster", "rayjob": as kubectl takes it. */
static bool is_called(const struct type *type, struct str word)
{
	const size_t dot = str_find(word, '.');
	const struct str kind = {word.at, dot};
	const struct str group = str_from_offset(word, dot < word.len ? dot + 1 : dot);

	return (str_is_nocase(kind, type->singular) ||
		       str_is_nocase(kind, type->resource.plural)) &&
	       (group.len == 0 || str_is(group, type->resource.group));
}

/* From a RayJob or RayService to the cluster that it made. */
static bool follow_owner(struct explain_collect *c, const struct type *type,
	const struct json_node **object, struct err *err)
{
	const struct str name = ray_owner_cluster(c->in->arena, *object);
	const struct json_node *const owner = *object;

	if (name.len == 0)
		return err_set(err, ERR_NOT_FOUND, "the %s is there, and has no RayCluster: %.*s",
			type->singular,
			STR_ARG(ray_owner_waits(c->in, owner, type->singular, c->namespace)));
	explain_add_as(c->in, EXPLAIN_OWNER, owner);
	if (!get(c, &TYPES[0], arena_str(c->in->arena, name).at, object, err))
		return false;
	return *object || err_set(err, ERR_NOT_FOUND,
				  "the %s names RayCluster '%.*s', which is "
				  "not there",
				  type->singular, STR_ARG(name));
}

/* A name, and the kinds that it may be of. */
struct search {
	struct str word; /* the type, when it is said */
	const char *name;
	size_t tried, forbidden;
	bool failed;
};

static bool not_found(const struct explain_collect *c, const struct search *s, struct err *err)
{
	if (s->tried == 0)
		return err_set(err, ERR_INVALID,
			"'%.*s' is no type that is explained: rayclusters.ray.io, "
			"rayclusters.cluster.ray.io, rayjob or rayservice",
			STR_ARG(s->word));
	/* All that is known is that it may not be asked. */
	if (s->forbidden == s->tried)
		return false;
	return err_set(err, ERR_NOT_FOUND,
		s->word.len
			? "there is none called '%s' in namespace '%s'"
			: "no RayCluster, RayJob or RayService is called '%s' in namespace '%s'",
		s->name, c->namespace);
}

/* One kind. False when the search is over: it was found, or the API server cannot be asked. */
static bool look_in(struct explain_collect *c, const struct type *type, struct search *s,
	const struct json_node **object, struct err *err)
{
	struct err refusal;

	s->tried++;
	if (get(c, type, s->name, object, &refusal))
		return *object == NULL;
	/* Many may read the kinds of one dialect alone. */
	s->forbidden += refusal.code == ERR_FORBIDDEN;
	s->failed = refusal.code != ERR_FORBIDDEN;
	if (s->failed || s->forbidden == 1)
		*err = refusal;
	return !s->failed;
}

static bool find_cluster(struct explain_collect *c, struct str argument,
	const struct json_node **object, struct err *err)
{
	const size_t slash = str_find(argument, '/');
	const bool typed = slash < argument.len;
	struct search s = {.word = {argument.at, typed ? slash : 0}};

	s.name =
		arena_str(c->in->arena, typed ? str_from_offset(argument, slash + 1) : argument).at;
	for (size_t i = 0; i < ARRAY_LEN(TYPES); i++) {
		if ((typed && !is_called(&TYPES[i], s.word)) ||
			look_in(c, &TYPES[i], &s, object, err))
			continue;
		if (s.failed)
			return false;
		return TYPES[i].kind == EXPLAIN_CLUSTER || follow_owner(c, &TYPES[i], object, err);
	}
	return not_found(c, &s, err);
}

static enum dialect dialect_of(const struct json_node *cluster)
{
	enum ray_kind kind = RAY_CLUSTER;
	enum dialect dialect = DIALECT_MODERN;

	ray_object_recognise(cluster, &kind, &dialect);
	return dialect;
}

/* False when neither dialect may be read; one that may not is a gap. */
static bool list_clusters(struct explain_collect *c, struct err *err)
{
	size_t read = 0;

	for (size_t i = 0; i < ARRAY_LEN(TYPES); i++) {
		const struct kube_call call = {.at = {.namespace = c->namespace}};
		struct err refusal;

		if (TYPES[i].kind != EXPLAIN_CLUSTER)
			continue;
		if (list(c, EXPLAIN_CLUSTER, &TYPES[i].resource, call, &refusal) ||
			refusal.code == ERR_NOT_FOUND) {
			read++;
			continue;
		}
		*err = refusal;
		add_gap(c, arena_printf(c->in->arena, "rayclusters.%s", TYPES[i].resource.group).at,
			str_from(refusal.text));
	}
	return read > 0;
}

/* The one that was asked for is not to be counted twice. */
static void add_cluster(struct explain_input *in, const struct json_node *cluster)
{
	struct explain_objects *const all = &in->of[EXPLAIN_CLUSTER];
	const struct json_node *const uid = EXPLAIN_AT(cluster, "metadata", "uid");

	for (size_t i = 0; i < all->count; i++) {
		if (json_equal(EXPLAIN_AT(all->items[i], "metadata", "uid"), uid)) {
			all->items[i] = cluster;
			return;
		}
	}
	explain_add_as(in, EXPLAIN_CLUSTER, cluster);
}

bool explain_collect_one(struct explain_collect *c, struct str argument,
	const struct json_node **cluster, struct err *err)
{
	struct arena *const arena = c->in->arena;
	struct err ignored;

	if (!find_cluster(c, argument, cluster, err))
		return false;
	const char *const name =
		arena_str(arena, json_str(arena, EXPLAIN_AT(*cluster, "metadata", "name"))).at;

	/* For a policy's quota all clusters of the namespace count. */
	if (policy_quota(c->in->policy, str_from(c->namespace)) && !list_clusters(c, &ignored))
		c->in->of[EXPLAIN_CLUSTER].count = 0;
	add_cluster(c->in, *cluster);
	LOOK_UP(c, EXPLAIN_POD,
		.label_selector = explain_pod_selector(arena, dialect_of(*cluster), name).at);
	look_around(c);
	look_closer(c, *cluster);
	return true;
}

bool explain_collect_all(struct explain_collect *c, struct err *err)
{
	if (!list_clusters(c, err))
		return false;
	if (c->in->of[EXPLAIN_CLUSTER].count == 0)
		return true;
	for (size_t i = DIALECT_MODERN; i <= DIALECT_LEGACY; i++)
		LOOK_UP(c, EXPLAIN_POD,
			.label_selector =
				explain_pod_selector(c->in->arena, (enum dialect)i, NULL).at);
	look_around(c);
	LOOK_UP(c, EXPLAIN_SERVICE, .limit = 0);
	LOOK_UP(c, EXPLAIN_SLICE, .limit = 0);
	return true;
}
