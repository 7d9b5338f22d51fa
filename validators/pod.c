/* What the API server asks of a pod as a whole, and what KubeRay needs of its metadata. */
#include "api/derived_names.h"
#include "validators/check.h"
#include "validators/rules.h"

enum {
	NAMESERVERS_MAX = 3,
	SEARCHES_MAX = 32,
	SEARCH_CHARS_MAX = 2048,
	HOST_CHARS_MAX = 64,
};

/* One without a domain is one of Kubernetes' own. */
static bool is_own_finalizer(struct str name)
{
	return str_is(name, "kubernetes") || str_is(name, "orphan") ||
	       str_is(name, "foregroundDeletion");
}

static void check_finalizers(const struct rule_context *c, const struct template_metadata *meta)
{
	const struct json_node *const list = meta->finalizers.node;
	const struct field_path *const at = FIELD_CHILD(meta->self.at, "finalizers");
	const struct json_node *orphan = NULL, *foreground = NULL;

	if (!json_is(list, JSON_ARRAY))
		return;
	check_names(c, at, list, NAME_QUALIFIED);
	for (struct json_iter it = json_iter(list); json_next_item(&it);) {
		const struct str name = json_str(c->arena, it.value);

		if (str_is(name, "orphan"))
			orphan = it.value;
		if (str_is(name, "foregroundDeletion"))
			foreground = it.value;
		if (!names_fault(NAME_QUALIFIED, name) && str_find(name, '/') == name.len &&
			!is_own_finalizer(name))
			rule_found(c, FIELD_INDEX(at, it.index), FIELD_INVALID,
				FIELD_READS(it.value),
				"must have a domain in front, such as example.com/%.*s",
				STR_ARG(name));
	}
	if (orphan && foreground)
		rule_found(c, at, FIELD_INVALID, FIELD_READS(list),
			"cannot hold both orphan and foregroundDeletion: remove one of the two");
}

static void metadata_has_syntax(const struct rule_context *c, const struct rule_pod *pod)
{
	const struct template_metadata *const meta = &pod->template->metadata;

	if (!meta->self.node)
		return;
	check_label_map(c, FIELD_CHILD(meta->self.at, "labels"), meta->labels.node);
	check_annotation_map(c, FIELD_CHILD(meta->self.at, "annotations"), meta->annotations.node);
	check_finalizers(c, meta);
}

/* What KubeRay writes into a label; the empty str where it cannot be known yet. */
static struct str label_of_controller(
	const struct rule_context *c, const struct ray_group *group, struct str key)
{
	const bool named = c->object->kind == RAY_CLUSTER && c->object->meta.name.v.len;

	if (str_is(key, "ray.io/node-type"))
		return group->is_head ? STR("head") : STR("worker");
	if (str_is(key, "ray.io/group"))
		return group->is_head ? STR("headgroup") : group->name.v;
	if (str_is(key, "app.kubernetes.io/created-by"))
		return STR("kuberay-operator");
	if (!named)
		return (struct str){0};
	return str_is(key, "ray.io/identifier")
		       ? derived_identifier(c->arena, c->object->meta.name.v, "head")
		       : c->object->meta.name.v;
}

/* A user's label of a pod that is not what KubeRay would write there: of the group, or template. */
static const struct json_node *foreign_label(const struct rule_context *c,
	const struct ray_group *group, struct str key, const struct field_path **at)
{
	const struct template_metadata *const meta = &group->template.metadata;
	const struct json_node *const of_group = json_get_str(group->labels.node, key);
	const struct json_node *const label =
		of_group ? of_group : json_get_str(meta->labels.node, key);
	const struct schema_object *const up = of_group ? &group->self : &meta->self;

	if (!json_is(label, JSON_STRING) ||
		str_eq(json_str(c->arena, label), label_of_controller(c, group, key)))
		return NULL;
	*at = field_path_keep(c->arena, FIELD_CHILD(up->at, "labels"));
	*at = field_path_keep(c->arena, FIELD_KEY(*at, key));
	return label;
}

static void controller_labels_are_free(const struct rule_context *c, const struct ray_group *group)
{
	static const struct str KEYS[] = {
		STR_INIT("ray.io/cluster"), STR_INIT("ray.io/node-type"), STR_INIT("ray.io/group")};
	const bool has_labels = group->labels.node || group->template.metadata.labels.node;

	for (size_t i = 0; has_labels && i < ARRAY_LEN(KEYS); i++) {
		const struct field_path *at = NULL;
		const struct json_node *const label = foreign_label(c, group, KEYS[i], &at);

		if (label)
			rule_found(c, at, FIELD_INVALID, FIELD_READS(label),
				"has no effect: KubeRay writes this label itself; remove it");
	}
}

static void head_is_selected(const struct rule_context *c, const struct raycluster *cluster)
{
	static const struct str KEYS[] = {
		STR_INIT("app.kubernetes.io/created-by"), STR_INIT("ray.io/identifier")};

	for (size_t i = 0; cluster->head && i < ARRAY_LEN(KEYS); i++) {
		const struct field_path *at = NULL;
		const struct json_node *const label = foreign_label(c, cluster->head, KEYS[i], &at);

		if (label && cluster->worker_count)
			rule_found(c, at, FIELD_FORBIDDEN, FIELD_READS(label),
				"the head's service finds its pod by this label, which KubeRay "
				"sets: with "
				"another value no worker can connect; remove it");
		else if (label)
			rule_warned(c, at, FIELD_FORBIDDEN, FIELD_READS(label),
				"the head's service finds its pod by this label, which KubeRay "
				"sets: with "
				"another value it leads nowhere; remove it");
	}
}

static void head_name_is_free(const struct rule_context *c, const struct raycluster *cluster)
{
	const struct template_metadata *const meta =
		cluster->head ? &cluster->head->template.metadata : NULL;

	if (meta && meta->self.node && meta->name.v.len)
		rule_found(c, FIELD_CHILD(meta->self.at, "name"), FIELD_INVALID,
			FIELD_READS(meta->name.node),
			"gives the head pod this fixed name, so that two clusters with this "
			"template collide; remove it");
}

static const struct {
	const char *key;
	enum name_kind kind;
	bool empty_counts;
} REFERENCES[] = {
	{"hostname", NAME_DNS1123_LABEL, false},
	{"hostnameOverride", NAME_DNS1123_SUBDOMAIN, false},
	{"nodeName", NAME_DNS1123_SUBDOMAIN, false},
	{"priorityClassName", NAME_DNS1123_SUBDOMAIN, false},
	{"runtimeClassName", NAME_DNS1123_SUBDOMAIN, true},
	{"serviceAccount", NAME_DNS1123_SUBDOMAIN, false},
	{"serviceAccountName", NAME_DNS1123_SUBDOMAIN, false},
	{"subdomain", NAME_DNS1123_LABEL, false},
};

static void check_override(const struct rule_context *c, const struct pod_spec *spec)
{
	static const char *const OTHERS[] = {"hostNetwork", "setHostnameAsFQDN"};
	const struct json_node *const name = json_get(spec->self.node, "hostnameOverride");
	const struct field_path *const at = FIELD_CHILD(spec->self.at, "hostnameOverride");

	if (!json_is(name, JSON_STRING))
		return;
	if (json_str(c->arena, name).len > HOST_CHARS_MAX)
		rule_found(c, at, FIELD_TOO_LONG, FIELD_READS(name),
			"must be no more than 64 characters");
	for (size_t i = 0; i < ARRAY_LEN(OTHERS); i++) {
		const struct json_node *const other = json_get(spec->self.node, OTHERS[i]);

		if (json_is(other, JSON_TRUE))
			rule_found(c, at, FIELD_FORBIDDEN, FIELD_READS(name, other),
				"cannot stand beside %s: remove one of the two", OTHERS[i]);
	}
}

static void references_have_syntax(const struct rule_context *c, const struct rule_pod *pod)
{
	const struct pod_spec *const spec = &pod->template->spec;

	for (size_t i = 0; i < ARRAY_LEN(REFERENCES); i++) {
		if (REFERENCES[i].empty_counts ||
			check_text(c, spec->self.node, REFERENCES[i].key).len)
			check_member_name(c, &spec->self, REFERENCES[i].key, REFERENCES[i].kind);
	}
	check_override(c, spec);
	/* The API server takes any text here, but no Secret can have such a name. */
	for (size_t i = 0; i < spec->pull_secrets.count; i++) {
		const struct local_reference *const secret = &spec->pull_secrets.items[i];
		const char *const fault = names_fault(NAME_DNS1123_SUBDOMAIN, secret->name.v);

		if (secret->self.node && fault)
			rule_warned(c, FIELD_CHILD(secret->self.at, "name"), FIELD_INVALID,
				FIELD_READS(secret->name.node), "names no Secret: %s", fault);
	}
}

static void deadlines_are_positive(const struct rule_context *c, const struct rule_pod *pod)
{
	const struct pod_spec *const spec = &pod->template->spec;

	check_range(c, &spec->self, "activeDeadlineSeconds", 1, INT32_MAX);
	if (spec->termination_grace_seconds.v < 0)
		rule_warned(c, FIELD_CHILD(spec->self.at, "terminationGracePeriodSeconds"),
			FIELD_INVALID, FIELD_READS(spec->termination_grace_seconds.node),
			"must be 0 or more: Kubernetes takes 1 instead");
}

static void check_nameservers(const struct rule_context *c, const struct field_path *at,
	const struct json_node *list, const struct json_node *policy)
{
	const size_t count = json_is(list, JSON_ARRAY) ? json_count(list) : 0;

	if (json_str_is(policy, STR("None")) && count == 0)
		rule_found(c, at, FIELD_REQUIRED, FIELD_READS(list, policy),
			"must have at least one address, since dnsPolicy is None");
	if (count > NAMESERVERS_MAX)
		rule_found(c, at, FIELD_TOO_MANY, FIELD_READS(list),
			"must be at most 3 addresses, are %zu", count);
	for (struct json_iter it = json_iter(list); count && json_next_item(&it);)
		check_ip(c, FIELD_INDEX(at, it.index), it.value);
}

/* The same text with letters for the '_' that a search domain may have before its labels' ends. */
static struct str without_underscores(struct arena *arena, struct str domain)
{
	char *const plain = arena_array(arena, domain.len + 1, sizeof(*plain));

	for (size_t i = 0; i < domain.len; i++) {
		const bool within = i + 1 < domain.len && domain.at[i + 1] != '.';

		plain[i] = domain.at[i] == '_' && within ? 'x' : domain.at[i];
	}
	return (struct str){plain, domain.len};
}

/* "." alone, or a domain, which may end with a dot (core/validation of Kubernetes 1.33 and later).
 */
static void check_search(
	const struct rule_context *c, const struct field_path *at, const struct json_node *node)
{
	struct str domain = json_str(c->arena, node);

	if (!json_is(node, JSON_STRING) || str_is(domain, "."))
		return;
	if (str_ends(domain, "."))
		domain.len--;
	const char *const fault =
		names_fault(NAME_DNS1123_SUBDOMAIN, without_underscores(c->arena, domain));

	if (fault)
		rule_found(c, at, FIELD_INVALID, FIELD_READS(node), "%s", fault);
}

static void check_options(
	const struct rule_context *c, const struct field_path *at, const struct json_node *list)
{
	if (!json_is(list, JSON_ARRAY))
		return;
	for (struct json_iter it = json_iter(list); json_next_item(&it);) {
		const struct json_node *const name = json_get(it.value, "name");

		if (json_is(it.value, JSON_OBJECT) && !json_str(c->arena, name).len)
			rule_found(c, FIELD_CHILD(FIELD_INDEX(at, it.index), "name"),
				FIELD_REQUIRED, FIELD_READS(name, it.value),
				"must be an option of resolv.conf, such as ndots");
	}
}

static void check_searches(
	const struct rule_context *c, const struct field_path *at, const struct json_node *list)
{
	const size_t count = json_is(list, JSON_ARRAY) ? json_count(list) : 0;
	size_t chars = 0;

	for (struct json_iter it = json_iter(list); count && json_next_item(&it);) {
		check_search(c, FIELD_INDEX(at, it.index), it.value);
		chars += json_str(c->arena, it.value).len + (it.index > 0);
	}
	if (count > SEARCHES_MAX)
		rule_found(c, at, FIELD_TOO_MANY, FIELD_READS(list),
			"must be at most 32 domains, are %zu", count);
	if (chars > SEARCH_CHARS_MAX)
		rule_found(c, at, FIELD_TOO_LONG, FIELD_READS(list),
			"must be at most 2048 characters together, are %zu", chars);
}

static void dns_is_complete(const struct rule_context *c, const struct rule_pod *pod)
{
	const struct schema_object *const spec = &pod->template->spec.self;
	const struct json_node *const config = json_get(spec->node, "dnsConfig");
	const struct field_path *const at = FIELD_CHILD(spec->at, "dnsConfig");

	if (!spec->node)
		return;
	check_nameservers(c, FIELD_CHILD(at, "nameservers"), json_get(config, "nameservers"),
		json_get(spec->node, "dnsPolicy"));
	check_searches(c, FIELD_CHILD(at, "searches"), json_get(config, "searches"));
	check_options(c, FIELD_CHILD(at, "options"), json_get(config, "options"));
}

static void host_aliases_are_addresses(const struct rule_context *c, const struct rule_pod *pod)
{
	const struct schema_object *const spec = &pod->template->spec.self;
	const struct json_node *const list = json_get(spec->node, "hostAliases");
	const struct field_path *const at = FIELD_CHILD(spec->at, "hostAliases");

	if (!json_is(list, JSON_ARRAY))
		return;
	for (struct json_iter it = json_iter(list); json_next_item(&it);) {
		const struct field_path *const item = FIELD_INDEX(at, it.index);

		check_ip(c, FIELD_CHILD(item, "ip"), json_get(it.value, "ip"));
		check_names(c, FIELD_CHILD(item, "hostnames"), json_get(it.value, "hostnames"),
			NAME_DNS1123_SUBDOMAIN);
	}
}

static void check_gates(const struct rule_context *c, const struct schema_object *spec,
	const char *list, const char *key)
{
	const struct json_node *const gates = json_get(spec->node, list);
	const struct field_path *const at = FIELD_CHILD(spec->at, list);

	if (!json_is(gates, JSON_ARRAY))
		return;
	for (struct json_iter it = json_iter(gates); json_next_item(&it);)
		check_name(c, FIELD_CHILD(FIELD_INDEX(at, it.index), key), json_get(it.value, key),
			NAME_QUALIFIED);
}

/* A gated pod waits for the scheduler, which a pod that names its node never meets. */
static void check_gated_node(const struct rule_context *c, const struct pod_spec *spec)
{
	const struct json_node *const gates = json_get(spec->self.node, "schedulingGates");

	if (json_is(gates, JSON_ARRAY) && json_count(gates) && spec->node_name.v.len)
		rule_found(c, FIELD_CHILD(spec->self.at, "nodeName"), FIELD_FORBIDDEN,
			FIELD_READS(spec->node_name.node, gates),
			"cannot be said while the pod has schedulingGates: remove one of the two");
}

static void gates_have_names(const struct rule_context *c, const struct rule_pod *pod)
{
	check_gates(c, &pod->template->spec.self, "schedulingGates", "name");
	check_gates(c, &pod->template->spec.self, "readinessGates", "conditionType");
	check_gated_node(c, &pod->template->spec);
}

/* The CRD asks for a list of objects that have one. */
static bool all_have_a_name(const struct json_node *list)
{
	if (!json_is(list, JSON_ARRAY))
		return false;
	for (struct json_iter it = json_iter(list); json_next_item(&it);) {
		if (!json_is(json_get(it.value, "name"), JSON_STRING))
			return false;
	}
	return true;
}

/* The API server lets them into a pod that runs, and refuses to create one that has them. */
static void ephemeral_containers_are_absent(
	const struct rule_context *c, const struct rule_pod *pod)
{
	const struct schema_object *const spec = &pod->template->spec.self;
	const struct json_node *const list = json_get(spec->node, "ephemeralContainers");

	if (json_present(list) && !(list->kind == JSON_ARRAY && json_count(list) == 0))
		rule_found_crd(c, !all_have_a_name(list),
			FIELD_CHILD(spec->at, "ephemeralContainers"), FIELD_FORBIDDEN,
			FIELD_READS(list),
			"Kubernetes creates no pod with them: remove them, and use kubectl debug "
			"on a pod that runs");
}

static const struct rule RULES[] = {
	RULE("RG0601", "pod-metadata-syntax", ERROR, BOTH, "0.1", NULL,
		"Labels, annotations and finalizers of pods have the syntax of Kubernetes.",
		RULE_CHECKS_POD(metadata_has_syntax),
		.needs = PART(POD_LABELS) | PART(POD_ANNOTATIONS) | PART(POD_FINALIZERS)),
	RULE("RG0602", "controller-labels-free", WARN, MODERN, "0.1", NULL,
		"The labels by which KubeRay finds pods are left to KubeRay.",
		RULE_CHECKS_GROUP(controller_labels_are_free),
		.needs = PART(GROUP_LABELS) | PART(POD_LABELS)),
	RULE("RG0603", "head-selected-by-service", ERROR, MODERN, "0.1", NULL,
		"The head pod keeps the labels by which the head's service finds it.",
		RULE_CHECKS_CLUSTER(head_is_selected),
		.needs = PART(GROUP_LABELS) | PART(POD_LABELS)),
	RULE("RG0604", "head-pod-name-free", WARN, MODERN, "0.1", NULL,
		"The head's template gives the pod no fixed name.",
		RULE_CHECKS_CLUSTER(head_name_is_free), .needs = PART(POD_NAME)),
	RULE("RG0605", "pod-references-syntax", ERROR, BOTH, "0.1", NULL,
		"Names of accounts, classes, nodes and hosts are names that Kubernetes accepts.",
		RULE_CHECKS_POD(references_have_syntax), .needs = PART(POD_NAMES)),
	RULE("RG0606", "pod-deadlines-positive", ERROR, BOTH, "0.1", NULL,
		"A pod's deadlines are positive.", RULE_CHECKS_POD(deadlines_are_positive),
		.needs = PART(DEADLINES)),
	RULE("RG0607", "pod-dns-complete", ERROR, BOTH, "0.1", NULL,
		"A pod's DNS settings are within the limits of a resolver, and there with "
		"dnsPolicy None.",
		RULE_CHECKS_POD(dns_is_complete), .needs = PART(DNS)),
	RULE("RG0608", "host-aliases-syntax", ERROR, BOTH, "0.1", NULL,
		"Host aliases are IP addresses with host names.",
		RULE_CHECKS_POD(host_aliases_are_addresses), .needs = PART(HOST_ALIASES)),
	RULE("RG0609", "pod-gates-syntax", ERROR, BOTH, "0.1", NULL,
		"Scheduling and readiness gates have qualified names, and no gated pod names its "
		"node.",
		RULE_CHECKS_POD(gates_have_names), .needs = PART(GATES)),
	RULE("RG0615", "ephemeral-containers-absent", ERROR, MODERN, "0.1", NULL,
		"A template has no ephemeral containers, which only a pod that runs can be given.",
		RULE_CHECKS_POD(ephemeral_containers_are_absent),
		.needs = PART(EPHEMERAL_CONTAINERS)),
};

const struct rule_table RULES_POD = RULE_TABLE(RULES);
