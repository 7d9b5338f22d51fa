/* The volumes of a pod, each by itself. */
#include "validators/downward.h"
#include "validators/name_set.h"
#include "validators/rules.h"

#include "validators/check.h"

static void volume_names_fit(const struct rule_context *c, const struct rule_pod *pod)
{
	const struct pod_spec *const spec = &pod->template->spec;

	for (size_t i = 0; i < spec->volumes.count; i++) {
		const struct pod_volume *const volume = &spec->volumes.items[i];

		if (volume->self.node)
			check_name(c, FIELD_CHILD(volume->self.at, "name"), volume->name.node,
				NAME_DNS1123_LABEL);
	}
}

typedef void volume_fn(const struct rule_context *c, const struct pod_volume *volume);

static void each_volume(const struct rule_context *c, const struct rule_pod *pod, volume_fn *check)
{
	const struct pod_spec *const spec = &pod->template->spec;

	for (size_t i = 0; i < spec->volumes.count; i++) {
		if (spec->volumes.items[i].self.node)
			check(c, &spec->volumes.items[i]);
	}
}

/* No source at all is an emptyDir to Kubernetes. */
static void check_sources(const struct rule_context *c, const struct pod_volume *volume)
{
	const struct json_node *first = NULL;
	struct str first_key = {0};

	for (struct json_iter it = json_iter(volume->self.node); json_next_member(&it);) {
		const struct str key = arena_str(c->arena, json_str(c->arena, it.key));

		if (!json_is(it.value, JSON_OBJECT) || str_is(key, "name"))
			continue;
		if (first)
			rule_found(c, FIELD_CHILD(volume->self.at, key.at), FIELD_FORBIDDEN,
				FIELD_READS(it.value, first),
				"a volume has one source, and \"%.*s\" is there already: remove "
				"one of "
				"them",
				STR_ARG(first_key));
		else
			first_key = key;
		first = first ? first : it.value;
	}
}

static void volume_has_one_source(const struct rule_context *c, const struct rule_pod *pod)
{
	each_volume(c, pod, check_sources);
}

/* Whether it reads like octal digits: what they come to. */
static bool reads_as_octal(int64_t number, int64_t *octal)
{
	int64_t place = 1;

	for (*octal = 0; number > 0 && number % 10 < 8; number /= 10, place *= 8)
		*octal += number % 10 * place;
	return number == 0;
}

/* Who writes 644 means what chmod makes of it. */
static void check_mode(
	const struct rule_context *c, const struct schema_object *up, const char *key)
{
	const struct json_node *const node = json_get(up->node, key);
	int64_t mode, octal;

	if (json_i64(node, &mode) && mode > 0777 && mode <= 777 && reads_as_octal(mode, &octal))
		rule_found(c, FIELD_CHILD(up->at, key), FIELD_INVALID, FIELD_READS(node),
			"must be between 0 and 511 (0777): write 0%lld in YAML, %lld in JSON",
			(long long)mode, (long long)octal);
	else
		check_range(c, up, key, 0, 0777);
}

static void check_items(const struct rule_context *c, const struct schema_object *source)
{
	const struct json_node *const items = json_get(source->node, "items");
	const struct field_path *const at = FIELD_CHILD(source->at, "items");

	if (!json_is(source->node, JSON_OBJECT))
		return;
	check_mode(c, source, "defaultMode");
	if (!json_is(items, JSON_ARRAY))
		return;
	for (struct json_iter it = json_iter(items); json_next_item(&it);) {
		const struct schema_object item = {it.value, FIELD_INDEX(at, it.index)};

		check_mode(c, &item, "mode");
		check_given(c, &item, "key", "must be a key of the object");
		check_given(c, &item, "path", "must be the name of a file in the volume");
		check_local_path(c, FIELD_CHILD(item.at, "path"), json_get(it.value, "path"));
	}
}

static void check_downward_items(const struct rule_context *c, const struct schema_object *source)
{
	static const char *const KINDS[] = {"fieldRef", "resourceFieldRef", NULL};
	const struct json_node *const items = json_get(source->node, "items");
	const struct field_path *const at = FIELD_CHILD(source->at, "items");

	check_items(c, source);
	if (!json_is(items, JSON_ARRAY))
		return;
	for (struct json_iter it = json_iter(items); json_next_item(&it);) {
		const struct schema_object item = {it.value, FIELD_INDEX(at, it.index)};

		if (!json_is(it.value, JSON_OBJECT))
			continue;
		check_one_of(c, &item, KINDS, true);
		check_downward(c, &item, DOWNWARD_FILE);
	}
}

/* The API server takes any name; one that no object can have matters where it must be there. */
static void check_volume_reference(
	const struct rule_context *c, const struct schema_object *source, const char *key)
{
	if (!check_flag(source->node, "optional") || !check_text(c, source->node, key).len)
		check_reference(c, source, key, NAME_DNS1123_SUBDOMAIN);
}

static const struct {
	const char *kind, *key;
} REFERENCES[] = {
	{"configMap", "name"},
	{"persistentVolumeClaim", "claimName"},
	{"secret", "secretName"},
};

static void check_references(const struct rule_context *c, const struct pod_volume *volume)
{
	for (size_t i = 0; i < ARRAY_LEN(REFERENCES); i++) {
		const struct schema_object source = {
			json_get(volume->self.node, REFERENCES[i].kind),
			FIELD_CHILD(volume->self.at, REFERENCES[i].kind)};

		if (!json_is(source.node, JSON_OBJECT))
			continue;
		check_volume_reference(c, &source, REFERENCES[i].key);
		check_items(c, &source);
	}
	check_downward_items(c, &(struct schema_object){json_get(volume->self.node, "downwardAPI"),
					FIELD_CHILD(volume->self.at, "downwardAPI")});
}

static void volume_references_fit(const struct rule_context *c, const struct rule_pod *pod)
{
	each_volume(c, pod, check_references);
}

static void check_empty_dir(const struct rule_context *c, const struct pod_volume *volume)
{
	const struct json_node *const empty = json_get(volume->self.node, "emptyDir");
	const struct json_node *const medium = json_get(empty, "medium");
	const struct json_node *const size = json_get(empty, "sizeLimit");
	const struct field_path *const at = FIELD_CHILD(volume->self.at, "emptyDir");
	static const char *const WORDS[] = {"Memory", "HugePages", NULL};
	const struct str word = json_str(c->arena, medium);
	struct quantity limit;
	struct err err;

	if (size && quantity_read(size, &limit, &err) && quantity_is_negative(limit))
		rule_found(c, FIELD_CHILD(at, "sizeLimit"), FIELD_INVALID, FIELD_READS(size),
			"must be 0 or more");
	if (word.len && !str_is(word, "Memory") && !str_is(word, "HugePages") &&
		!str_starts(word, "HugePages-"))
		rule_found(c, FIELD_CHILD(at, "medium"), FIELD_NOT_SUPPORTED, FIELD_READS(medium),
			"must be Memory, HugePages, HugePages-<size>, or left out for the node's "
			"disk%.*s",
			STR_ARG(check_meant(c->arena, word, WORDS)));
}

static void empty_dirs_fit(const struct rule_context *c, const struct rule_pod *pod)
{
	each_volume(c, pod, check_empty_dir);
}

static void check_host_path(const struct rule_context *c, const struct pod_volume *volume)
{
	const struct json_node *const path =
		json_get(json_get(volume->self.node, "hostPath"), "path");
	const struct field_path *const at =
		FIELD_CHILD(FIELD_CHILD(volume->self.at, "hostPath"), "path");
	const struct str text = json_str(c->arena, path);

	if (!json_is(path, JSON_STRING))
		return;
	if (!text.len)
		rule_found(c, at, FIELD_REQUIRED, FIELD_READS(path), "must be a path of the node");
	else if (check_goes_up(text))
		rule_found(c, at, FIELD_INVALID, FIELD_READS(path),
			"must not contain \"..\": write the path that is meant");
}

static void host_paths_fit(const struct rule_context *c, const struct rule_pod *pod)
{
	each_volume(c, pod, check_host_path);
}

static void check_source(const struct rule_context *c, const struct schema_object *source)
{
	static const char *const KINDS[] = {"clusterTrustBundle", "configMap", "downwardAPI",
		"podCertificate", "secret", "serviceAccountToken", NULL};
	const struct schema_object token = {json_get(source->node, "serviceAccountToken"),
		FIELD_CHILD(source->at, "serviceAccountToken")};

	check_one_of(c, source, KINDS, false);
	for (size_t i = 0; KINDS[i]; i++) {
		const struct schema_object one = {
			json_get(source->node, KINDS[i]), FIELD_CHILD(source->at, KINDS[i])};

		if (str_is(str_from(KINDS[i]), "configMap") || str_is(str_from(KINDS[i]), "secret"))
			check_volume_reference(c, &one, "name");
		if (str_is(str_from(KINDS[i]), "downwardAPI"))
			check_downward_items(c, &one);
		else
			check_items(c, &one);
	}
	check_range(c, &token, "expirationSeconds", 600, INT64_C(1) << 32);
	check_given(c, &token, "path", "must be the name of a file in the volume");
	check_local_path(c, FIELD_CHILD(token.at, "path"), json_get(token.node, "path"));
}

static const char *const WITH_ITEMS[] = {"configMap", "downwardAPI", "secret"};

static size_t count_items(const struct json_node *sources)
{
	size_t count = 0;

	for (struct json_iter it = json_iter(sources); json_next_item(&it);) {
		for (size_t i = 0; i < ARRAY_LEN(WITH_ITEMS); i++)
			count += json_count(json_get(json_get(it.value, WITH_ITEMS[i]), "items"));
	}
	return count;
}

static struct name_set paths_of(const struct rule_context *c, const struct json_node *sources)
{
	struct name_set paths = name_set_make(c->arena, count_items(sources));

	for (struct json_iter it = json_iter(sources); json_next_item(&it);) {
		for (size_t i = 0; i < ARRAY_LEN(WITH_ITEMS); i++) {
			const struct json_node *const items =
				json_get(json_get(it.value, WITH_ITEMS[i]), "items");

			for (struct json_iter item = json_iter(items); json_next_item(&item);)
				name_set_add(&paths, check_text(c, item.value, "path"));
		}
	}
	name_set_sort(&paths);
	return paths;
}

/* Of the items of all sources, once a path. */
static void check_paths(
	const struct rule_context *c, const struct json_node *sources, const struct field_path *at)
{
	enum { TOLD = 8 }; /* each is told by all of the sources */
	const struct name_set paths = paths_of(c, sources);
	int told = 0;

	for (size_t i = 1; i < paths.count && told < TOLD; i++) {
		const struct str path = paths.items[i];

		if (path.len && str_eq(path, paths.items[i - 1]) &&
			(i < 2 || !str_eq(path, paths.items[i - 2]))) {
			rule_found(c, at, FIELD_DUPLICATE, FIELD_READS(sources),
				"two items have the path \"%.*s\": each is a file of its own",
				STR_ARG(path));
			told++;
		}
	}
}

static void check_projected(const struct rule_context *c, const struct pod_volume *volume)
{
	const struct schema_object projected = {json_get(volume->self.node, "projected"),
		FIELD_CHILD(volume->self.at, "projected")};
	const struct json_node *const sources = json_get(projected.node, "sources");
	const struct field_path *const at = FIELD_CHILD(projected.at, "sources");

	check_mode(c, &projected, "defaultMode");
	if (!json_is(sources, JSON_ARRAY))
		return;
	for (struct json_iter it = json_iter(sources); json_next_item(&it);) {
		if (json_is(it.value, JSON_OBJECT))
			check_source(
				c, &(struct schema_object){it.value, FIELD_INDEX(at, it.index)});
	}
	check_paths(c, sources, at);
}

static void projections_fit(const struct rule_context *c, const struct rule_pod *pod)
{
	each_volume(c, pod, check_projected);
}

static void check_claim_size(
	const struct rule_context *c, const struct json_node *spec, const struct field_path *at)
{
	const struct json_node *const size =
		json_get(json_get(json_get(spec, "resources"), "requests"), "storage");
	const struct field_path *const requests =
		FIELD_CHILD(FIELD_CHILD(at, "resources"), "requests");
	struct quantity value;
	struct err err;

	if (!json_present(size))
		rule_found(c, FIELD_KEY(requests, STR("storage")), FIELD_REQUIRED,
			FIELD_READS(size), "must say how large the volume is to be");
	else if (quantity_read(size, &value, &err) && value.nano <= 0)
		rule_found(c, FIELD_KEY(requests, STR("storage")), FIELD_INVALID, FIELD_READS(size),
			"must be more than 0");
}

/* Labels and annotations are copied to the claims, whose names are made of the pods'. */
static void check_claim_meta(
	const struct rule_context *c, const struct json_node *meta, const struct field_path *at)
{
	static const char *const OTHERS[] = {"name", "namespace"};

	for (size_t i = 0; i < ARRAY_LEN(OTHERS); i++) {
		const struct json_node *const value = json_get(meta, OTHERS[i]);

		if (json_is(value, JSON_STRING) && value->len)
			rule_found(c, FIELD_CHILD(at, OTHERS[i]), FIELD_FORBIDDEN,
				FIELD_READS(value),
				"is made from the pod's: remove it (labels and annotations alone "
				"are taken here)");
	}
}

static void check_ephemeral(const struct rule_context *c, const struct pod_volume *volume)
{
	static const char *const MODES[] = {
		"ReadWriteOnce", "ReadOnlyMany", "ReadWriteMany", "ReadWriteOncePod", NULL};
	const struct json_node *const ephemeral = json_get(volume->self.node, "ephemeral");
	const struct json_node *const claim = json_get(ephemeral, "volumeClaimTemplate");
	const struct json_node *const spec = json_get(claim, "spec");
	const struct json_node *const modes = json_get(spec, "accessModes");
	const struct field_path *const up = FIELD_CHILD(volume->self.at, "ephemeral");
	const struct field_path *const at = FIELD_CHILD(up, "volumeClaimTemplate");
	const struct field_path *const list = FIELD_CHILD(FIELD_CHILD(at, "spec"), "accessModes");

	if (!json_is(ephemeral, JSON_OBJECT))
		return;
	if (!json_present(claim))
		rule_found(c, at, FIELD_REQUIRED, FIELD_READS(claim),
			"must describe the volume that each pod gets");
	check_claim_meta(c, json_get(claim, "metadata"), FIELD_CHILD(at, "metadata"));
	if (!json_is(spec, JSON_OBJECT))
		return;
	check_claim_size(c, spec, FIELD_CHILD(at, "spec"));
	check_label_selector(
		c, FIELD_CHILD(FIELD_CHILD(at, "spec"), "selector"), json_get(spec, "selector"));
	if (json_count(modes) == 0)
		rule_found(c, list, FIELD_REQUIRED, FIELD_READS(modes), "must have one of %.*s",
			STR_ARG(check_list(c->arena, MODES)));
	for (struct json_iter it = json_iter(modes); json_next_item(&it);)
		check_word(c, FIELD_INDEX(list, it.index), it.value, MODES);
}

static void ephemeral_claims_fit(const struct rule_context *c, const struct rule_pod *pod)
{
	each_volume(c, pod, check_ephemeral);
}

static const struct rule RULES[] = {
	RULE("RG0670", "volume-name-syntax", ERROR, BOTH, "0.1", NULL,
		"A volume's name is a DNS label.", RULE_CHECKS_POD(volume_names_fit),
		.needs = PART(VOLUMES)),
	RULE("RG0671", "volume-has-one-source", ERROR, BOTH, "0.1", NULL,
		"A volume has at most one source.", RULE_CHECKS_POD(volume_has_one_source),
		.needs = PART(VOLUMES)),
	RULE("RG0672", "volume-references-fit", ERROR, BOTH, "0.1", NULL,
		"A volume of a ConfigMap, Secret or claim names it, with paths and modes that fit.",
		RULE_CHECKS_POD(volume_references_fit), .needs = PART(VOLUME_REFERENCE)),
	RULE("RG0673", "empty-dir-fits", ERROR, BOTH, "0.1", NULL,
		"An emptyDir has a medium that exists and no negative size.",
		RULE_CHECKS_POD(empty_dirs_fit), .needs = PART(VOLUMES)),
	RULE("RG0674", "host-path-fits", ERROR, BOTH, "0.1", NULL,
		"A hostPath has a path without \"..\".", RULE_CHECKS_POD(host_paths_fit),
		.needs = PART(VOLUME_HOST_PATH)),
	RULE("RG0675", "projection-fits", ERROR, BOTH, "0.1", NULL,
		"Each source of a projected volume is of one kind, with paths and modes that fit.",
		RULE_CHECKS_POD(projections_fit), .needs = PART(VOLUME_PROJECTED)),
	RULE("RG0676", "ephemeral-claim-fits", ERROR, BOTH, "0.1", NULL,
		"An ephemeral volume has a claim template with a size and an access mode.",
		RULE_CHECKS_POD(ephemeral_claims_fit), .needs = PART(VOLUME_EPHEMERAL)),
};

const struct rule_table RULES_VOLUMES = RULE_TABLE(RULES);
