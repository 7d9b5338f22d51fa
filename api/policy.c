#include "api/policy.h"

#include <stdlib.h>

#include "api/policy_builder.h"
#include "api/policy_node.h"
#include "api/policy_resources.h"
#include "base/yaml.h"

enum {
	POLICY_BYTES = 1024 * 1024, /* a ConfigMap holds no more */
	POLICY_DEPTH = 32,
	POLICY_NODES = 200000,
};

struct target_rows {
	struct schema_object self;
	struct val_str controller, version;
	struct val_any gates;
};

struct resource_rows {
	struct schema_object self;
	struct resource_list requests, limits;
};

struct defaults_rows {
	struct schema_object self;
	struct resource_rows head, worker;
};

struct limits_rows {
	struct schema_object self;
	struct resource_list pod, group, cluster;
};

struct profile_rows {
	struct schema_object self;
	struct val_str name;
	struct val_strings namespaces;
	struct val_map labels;
	struct policy_pod_profile all, head, worker;
};

/* The file as its tables decode it; struct policy is what its readers want to see. */
struct policy_rows {
	struct schema_object self;
	struct val_str api_version, kind;
	struct val_str enforcement, charge;
	struct target_rows target;
	struct defaults_rows defaults;
	struct limits_rows limits;
	struct val_any quotas, rules, prices;
	SCHEMA_LIST_OF(struct policy_node_rows) nodes;
	SCHEMA_LIST_OF(struct profile_rows) profiles;
};

static const struct schema_field TARGET_ROWS[] = {
	SCHEMA_KEEP(struct target_rows, controller, "controller",
		.words = SCHEMA_WORDS("kuberay", "raygate")),
	SCHEMA_KEEP(struct target_rows, gates, "featureGates"),
	SCHEMA_KEEP(struct target_rows, version, "version"),
};
static const struct schema TARGET =
	SCHEMA_OF_STRUCT("the target", TARGET_ROWS, struct target_rows, NULL);

static const struct schema_field RESOURCE_ROWS[] = {
	SCHEMA_KEEP(struct resource_rows, limits, "limits"),
	SCHEMA_KEEP(struct resource_rows, requests, "requests"),
};
static const struct schema RESOURCES =
	SCHEMA_OF_STRUCT("default resources", RESOURCE_ROWS, struct resource_rows, NULL);

static const struct schema_field DEFAULTS_ROWS[] = {
	SCHEMA_KEEP_OBJECT(struct defaults_rows, head, &RESOURCES, "head"),
	SCHEMA_KEEP_OBJECT(struct defaults_rows, worker, &RESOURCES, "worker"),
};
static const struct schema DEFAULTS =
	SCHEMA_OF_STRUCT("defaults", DEFAULTS_ROWS, struct defaults_rows, NULL);

static const struct schema_field LIMITS_ROWS[] = {
	SCHEMA_KEEP(struct limits_rows, cluster, "cluster"),
	SCHEMA_KEEP(struct limits_rows, group, "group"),
	SCHEMA_KEEP(struct limits_rows, pod, "pod"),
};
static const struct schema LIMITS =
	SCHEMA_OF_STRUCT("limits", LIMITS_ROWS, struct limits_rows, NULL);

/* policy_resources has no self: its two lists are rows of the profile itself. */
static const struct schema_field POD_ROWS[] = {
	SCHEMA_KEEP(struct policy_pod_profile, annotations, "annotations"),
	SCHEMA_KEEP(struct policy_pod_profile, env, "env"),
	SCHEMA_KEEP(struct policy_pod_profile, image_pull_secrets, "imagePullSecrets"),
	SCHEMA_KEEP(struct policy_pod_profile, labels, "labels"),
	SCHEMA_KEEP(struct policy_pod_profile, resources.limits, "limits"),
	SCHEMA_KEEP(struct policy_pod_profile, node_selector, "nodeSelector"),
	SCHEMA_KEEP(struct policy_pod_profile, pod_security_context, "podSecurityContext"),
	SCHEMA_KEEP(struct policy_pod_profile, priority_class_name, "priorityClassName"),
	SCHEMA_KEEP(struct policy_pod_profile, resources.requests, "requests"),
	SCHEMA_KEEP(struct policy_pod_profile, runtime_class_name, "runtimeClassName"),
	SCHEMA_KEEP(struct policy_pod_profile, scheduler_name, "schedulerName"),
	SCHEMA_KEEP(struct policy_pod_profile, security_context, "securityContext"),
	SCHEMA_KEEP(struct policy_pod_profile, service_account_name, "serviceAccountName"),
	SCHEMA_KEEP(struct policy_pod_profile, tolerations, "tolerations"),
};
static const struct schema POD =
	SCHEMA_OF_STRUCT("what a profile adds to a pod", POD_ROWS, struct policy_pod_profile, NULL);

static const struct schema_field PROFILE_ROWS[] = {
	SCHEMA_KEEP_OBJECT(struct profile_rows, all, &POD, "all"),
	SCHEMA_KEEP_OBJECT(struct profile_rows, head, &POD, "head"),
	SCHEMA_KEEP(struct profile_rows, labels, "labels"),
	SCHEMA_KEEP(struct profile_rows, name, "name", .required = true),
	SCHEMA_KEEP(struct profile_rows, namespaces, "namespaces"),
	SCHEMA_KEEP_OBJECT(struct profile_rows, worker, &POD, "worker"),
};
static const struct schema PROFILE =
	SCHEMA_OF_STRUCT("a profile", PROFILE_ROWS, struct profile_rows, "name");

static const struct schema_field POLICY_ROWS[] = {
	SCHEMA_KEEP(struct policy_rows, api_version, "apiVersion", .required = true,
		.words = SCHEMA_WORDS("raygate.dev/v1")),
	SCHEMA_KEEP(struct policy_rows, charge, "charge", .words = SCHEMA_WORDS("maximum", "now")),
	SCHEMA_KEEP_OBJECT(struct policy_rows, defaults, &DEFAULTS, "defaults"),
	SCHEMA_KEEP(struct policy_rows, enforcement, "enforcement",
		.words = SCHEMA_WORDS("deny", "warn", "audit")),
	SCHEMA_KEEP(struct policy_rows, kind, "kind", .required = true,
		.words = SCHEMA_WORDS("Policy")),
	SCHEMA_KEEP_OBJECT(struct policy_rows, limits, &LIMITS, "limits"),
	SCHEMA_KEEP_LIST(
		struct policy_rows, nodes, &POLICY_NODE, "nodes", .unique = SCHEMA_WORDS("name")),
	SCHEMA_KEEP(struct policy_rows, prices, "prices"),
	SCHEMA_KEEP_LIST(
		struct policy_rows, profiles, &PROFILE, "profiles", .unique = SCHEMA_WORDS("name")),
	SCHEMA_KEEP(struct policy_rows, quotas, "quotas"),
	SCHEMA_KEEP(struct policy_rows, rules, "rules"),
	SCHEMA_KEEP_OBJECT(struct policy_rows, target, &TARGET, "target"),
};
static const struct schema POLICY =
	SCHEMA_OF_STRUCT("a policy", POLICY_ROWS, struct policy_rows, NULL);

static void note_bounded(struct policy *p, struct str name)
{
	const size_t prefix = str_find(name, '.');

	if (prefix == name.len)
		return;
	const struct str resource = str_from_offset(name, prefix + 1);

	for (size_t i = 0; i < p->bounded_count; i++) {
		if (str_eq(p->bounded[i], resource))
			return;
	}
	p->bounded = arena_grow(&p->arena, p->bounded, p->bounded_count * sizeof(*p->bounded),
		(p->bounded_count + 1) * sizeof(*p->bounded));
	p->bounded[p->bounded_count++] = resource;
}

static void note_amounts(struct policy *p, const struct policy_amounts *amounts)
{
	for (size_t i = 0; i < amounts->count; i++)
		note_bounded(p, amounts->items[i].name);
}

static void note_all_bounded(struct policy *p)
{
	note_amounts(p, &p->pod_limits);
	note_amounts(p, &p->group_limits);
	note_amounts(p, &p->cluster_limits);
	for (size_t i = 0; i < p->quota_count; i++)
		note_amounts(p, &p->quotas[i].hard);
}

static const struct schema_field HARD_ROW = {
	.key = "quotas", .kind = SCHEMA_QUANTITY_MAP, .kept = true};

static void build_quotas(const struct policy_builder *b, const struct json_node *quotas)
{
	struct policy *const p = b->policy;

	p->quotas = arena_array(&p->arena, json_count(quotas), sizeof(*p->quotas));
	for (struct json_iter it = json_iter(quotas); json_next_member(&it);) {
		const struct str name = json_str(&p->arena, it.key);
		const struct field_path *const at = FIELD_KEY(FIELD_ROOT("quotas"), name);
		struct resource_list hard = {0};

		policy_check_quota_name(b, at, it.key);
		schema_decode_row(&b->decoder, &HARD_ROW, it.value, at, &hard);
		p->quotas[p->quota_count++] = (struct policy_quota){
			.namespace = str_is(name, "*") ? STR("") : name,
			.hard = policy_amounts_build(b, &hard, at),
		};
	}
}

/* YAML 1.1 reads a plain off as false: it is what the administrator meant. */
static bool severity_of(struct arena *arena, const struct json_node *node, enum field_severity *out)
{
	const struct str word = json_str(arena, node);

	if (node->kind == JSON_FALSE || str_is(word, "off"))
		*out = FIELD_SEVERITY_OFF;
	else if (str_is(word, "warn"))
		*out = FIELD_SEVERITY_WARN;
	else if (str_is(word, "error"))
		*out = FIELD_SEVERITY_ERROR;
	else
		return false;
	return true;
}

static int by_rule(const void *a, const void *b)
{
	const struct policy_severity *const x = a;
	const struct policy_severity *const y = b;

	return str_cmp(x->rule, y->rule);
}

static void build_severities(const struct policy_builder *b, const struct json_node *rules)
{
	struct policy *const p = b->policy;

	p->severities = arena_array(&p->arena, json_count(rules), sizeof(*p->severities));
	for (struct json_iter it = json_iter(rules); json_next_member(&it);) {
		struct policy_severity *const s = &p->severities[p->severity_count];

		s->rule = json_str(&p->arena, it.key);
		s->key = it.key;
		if (severity_of(&p->arena, it.value, &s->severity))
			p->severity_count++;
		else
			policy_wrong(b, FIELD_KEY(FIELD_ROOT("rules"), s->rule), it.value,
				"must be error, warn or off");
	}
	if (p->severity_count)
		qsort(p->severities, p->severity_count, sizeof(*p->severities), by_rule);
}

static void build_prices(const struct policy_builder *b, const struct json_node *prices)
{
	struct policy *const p = b->policy;

	p->prices = arena_array(&p->arena, json_count(prices), sizeof(*p->prices));
	for (struct json_iter it = json_iter(prices); json_next_member(&it);) {
		struct policy_price *const price = &p->prices[p->price_count];

		price->resource = json_str(&p->arena, it.key);
		if (json_double(it.value, &price->per_hour) && price->per_hour >= 0)
			p->price_count++;
		else
			policy_wrong(b, FIELD_KEY(FIELD_ROOT("prices"), price->resource), it.value,
				"must be a number: the price of one unit for one hour");
	}
}

static void build_profiles(const struct policy_builder *b, const struct policy_rows *rows)
{
	struct policy *const p = b->policy;

	p->profiles = arena_array(&p->arena, rows->profiles.count, sizeof(*p->profiles));
	for (size_t i = 0; i < rows->profiles.count; i++) {
		const struct profile_rows *const r = &rows->profiles.items[i];

		policy_check_pod(b, &r->all);
		policy_check_pod(b, &r->head);
		policy_check_pod(b, &r->worker);
		p->profiles[p->profile_count++] = (struct policy_profile){
			.name = r->name.v,
			.namespaces = r->namespaces.node,
			.labels = r->labels.node,
			.all = r->all,
			.head = r->head,
			.worker = r->worker,
		};
	}
}

static void build_nodes(struct policy *p, const struct policy_rows *rows)
{
	p->nodes = arena_array(&p->arena, rows->nodes.count, sizeof(*p->nodes));
	for (size_t i = 0; i < rows->nodes.count; i++)
		p->nodes[p->node_count++] = policy_node_shape(&p->arena, &rows->nodes.items[i]);
}

static void build_words(struct policy *p, const struct policy_rows *rows)
{
	if (str_is(rows->enforcement.v, "warn"))
		p->enforcement = POLICY_WARN;
	else if (str_is(rows->enforcement.v, "audit"))
		p->enforcement = POLICY_AUDIT;
	if (str_is(rows->charge.v, "now"))
		p->charge = POLICY_CHARGE_NOW;
	if (str_is(rows->target.controller.v, "kuberay"))
		p->target.controller = POLICY_CONTROLLER_KUBERAY;
	else if (str_is(rows->target.controller.v, "raygate"))
		p->target.controller = POLICY_CONTROLLER_RAYGATE;
	p->target.version = rows->target.version.v;
	p->target.gates = rows->target.gates.node;
}

static void check_map(
	const struct policy_builder *b, const char *name, const struct json_node *node)
{
	if (node && node->kind != JSON_OBJECT)
		policy_wrong(b, FIELD_ROOT(name), node, "must be a map");
}

static void build(const struct policy_builder *b, const struct json_node *root)
{
	struct policy *const p = b->policy;
	struct policy_rows *const rows = arena_alloc(&p->arena, sizeof(*rows));
	const struct field_path *const limits = FIELD_ROOT("limits");

	schema_decode(&b->decoder, &POLICY, root, NULL, rows);
	build_words(p, rows);
	p->head =
		(struct policy_resources){rows->defaults.head.requests, rows->defaults.head.limits};
	p->worker = (struct policy_resources){
		rows->defaults.worker.requests, rows->defaults.worker.limits};
	policy_resources_check(&b->decoder, &p->head, FIELD_CHILD(FIELD_ROOT("defaults"), "head"));
	policy_resources_check(
		&b->decoder, &p->worker, FIELD_CHILD(FIELD_ROOT("defaults"), "worker"));
	p->pod_limits = policy_amounts_build(b, &rows->limits.pod, FIELD_CHILD(limits, "pod"));
	p->group_limits =
		policy_amounts_build(b, &rows->limits.group, FIELD_CHILD(limits, "group"));
	p->cluster_limits =
		policy_amounts_build(b, &rows->limits.cluster, FIELD_CHILD(limits, "cluster"));
	policy_check_target(b, &rows->target.version);
	check_map(b, "quotas", rows->quotas.node);
	check_map(b, "rules", rows->rules.node);
	check_map(b, "prices", rows->prices.node);
	build_quotas(b, rows->quotas.node);
	note_all_bounded(p);
	build_severities(b, rows->rules.node);
	build_prices(b, rows->prices.node);
	build_nodes(p, rows);
	build_profiles(b, rows);
}

struct policy *policy_empty(void)
{
	struct policy *const policy = mem_alloc(sizeof(*policy));

	arena_init(&policy->arena, 4096);
	policy->source = STR("built-in");
	return policy;
}

void policy_free(struct policy **policy)
{
	if (*policy == NULL)
		return;
	struct arena arena = (*policy)->arena;

	arena_done(&arena);
	free(*policy);
	*policy = NULL;
}

static bool read_root(struct policy *policy, struct str text, struct yaml_doc *doc, struct err *err)
{
	const struct yaml_limits limits = {.bytes = POLICY_BYTES,
		.depth = POLICY_DEPTH,
		.nodes = POLICY_NODES,
		.expanded = POLICY_NODES};

	if (!yaml_read(&policy->arena, arena_str(&policy->arena, text), &limits, doc, err))
		return false;
	if (!json_is(doc->json.root, JSON_OBJECT))
		return err_set(err, ERR_INVALID, "a policy is a map with apiVersion and kind");
	return true;
}

static uint32_t line_of(const struct yaml_doc *doc, const struct json_node *node, uint32_t *column)
{
	const struct json_node *const root = doc->json.root;
	uint32_t line = 1;

	*column = 1;
	if (node && node >= root && node < root + doc->json.count)
		yaml_position(doc, node, &line, column);
	return line;
}

static struct str place_of(
	struct arena *arena, const struct yaml_doc *doc, const struct field_error *error)
{
	uint32_t column;
	const uint32_t line = line_of(doc, error->node, &column);

	return arena_printf(arena, "line %u, column %u: %.*s: %.*s", line, column,
		STR_ARG(error->field), STR_ARG(error->message));
}

/* The first finding, and how many there are; all of them get their place. */
static void fail_with(const struct policy *policy, const struct yaml_doc *doc,
	struct field_errors *errors, size_t before, struct err *err)
{
	const size_t count = errors->count - before;

	for (size_t i = before; i < errors->count; i++)
		errors->items[i].message = place_of(errors->arena, doc, &errors->items[i]);
	err_set(err, ERR_INVALID, "policy '%.*s': %.*s", STR_ARG(policy->source),
		STR_ARG(errors->items[before].message));
	if (count > 1)
		err_wrap(err, "%zu mistakes, the first", count);
}

static void keep_doubts(
	struct policy *p, const struct yaml_doc *doc, const struct field_errors *doubts)
{
	p->doubts = arena_array(&p->arena, doubts->count, sizeof(*p->doubts));
	for (size_t i = 0; i < doubts->count; i++)
		p->doubts[p->doubt_count++] = place_of(&p->arena, doc, &doubts->items[i]);
}

static void keep_lines(struct policy *p, const struct yaml_doc *doc)
{
	for (size_t i = 0; i < p->severity_count; i++) {
		uint32_t column;

		p->severities[i].line = line_of(doc, p->severities[i].key, &column);
	}
}

struct policy *policy_decode(
	struct str text, const char *source, struct field_errors *errors, struct err *err)
{
	struct policy *policy = policy_empty();
	struct field_errors doubts;
	struct yaml_doc doc;

	policy->source = arena_str(&policy->arena, str_from(source));
	policy->fingerprint = str_hash(text);
	if (!read_root(policy, text, &doc, err)) {
		err_wrap(err, "policy '%s'", source);
		policy_free(&policy);
		return NULL;
	}
	const size_t before = errors->count;
	const struct policy_builder builder = {
		.policy = policy,
		.decoder = {.arena = &policy->arena, .errors = errors},
		.doubts = &doubts,
	};

	errors->root = doc.json.root;
	field_errors_init(&doubts, &policy->arena, doc.json.root);
	build(&builder, doc.json.root);
	if (errors->count > before) {
		fail_with(policy, &doc, errors, before, err);
		policy_free(&policy);
		return NULL;
	}
	keep_doubts(policy, &doc, &doubts);
	keep_lines(policy, &doc);
	return policy;
}

bool policy_severity(const struct policy *policy, struct str rule, enum field_severity *out)
{
	const struct policy_severity key = {.rule = rule};
	const struct policy_severity *const found =
		policy->severity_count ? bsearch(&key, policy->severities, policy->severity_count,
						 sizeof(key), by_rule)
				       : NULL;

	if (found)
		*out = found->severity;
	return found != NULL;
}
