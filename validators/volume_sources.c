/* What the source of a volume has to say beyond what the CRD's schema asks of it. */
#include "validators/check.h"
#include "validators/rules.h"

enum member_form {
	GIVEN,    /* not empty; that it is there at all, the CRD's schema sees to */
	NEEDED,   /* there, and not empty */
	ABSOLUTE, /* a path from the root */
	DRIVER,   /* the name of a CSI driver */
};

enum { DRIVER_CHARS_MAX = 63 };

/* As the API server asks it of a pod's volumes (validateVolumeSource of core/validation). */
static const struct member {
	const char *source, *key;
	enum member_form form;
} MEMBERS[] = {
	{"awsElasticBlockStore", "volumeID", GIVEN},
	{"azureDisk", "diskName", GIVEN},
	{"azureDisk", "diskURI", GIVEN},
	{"azureFile", "secretName", GIVEN},
	{"azureFile", "shareName", GIVEN},
	{"cephfs", "monitors", GIVEN},
	{"cinder", "volumeID", GIVEN},
	{"csi", "driver", DRIVER},
	{"flexVolume", "driver", GIVEN},
	{"gcePersistentDisk", "pdName", GIVEN},
	{"gitRepo", "repository", GIVEN},
	{"glusterfs", "endpoints", GIVEN},
	{"glusterfs", "path", GIVEN},
	{"image", "reference", NEEDED},
	{"iscsi", "iqn", GIVEN},
	{"iscsi", "targetPortal", GIVEN},
	{"nfs", "path", ABSOLUTE},
	{"nfs", "server", GIVEN},
	{"photonPersistentDisk", "pdID", GIVEN},
	{"portworxVolume", "volumeID", GIVEN},
	{"quobyte", "registry", GIVEN},
	{"quobyte", "volume", GIVEN},
	{"rbd", "image", GIVEN},
	{"rbd", "monitors", GIVEN},
	{"scaleIO", "gateway", GIVEN},
	{"scaleIO", "system", GIVEN},
	{"scaleIO", "volumeName", NEEDED},
	{"storageos", "volumeName", NEEDED},
	{"vsphereVolume", "volumePath", GIVEN},
};

static void check_absolute(
	const struct rule_context *c, const struct field_path *at, const struct json_node *path)
{
	const struct str text = json_str(c->arena, path);

	if (text.len && !str_starts(text, "/"))
		rule_found(c, at, FIELD_INVALID, FIELD_READS(path),
			"must be an absolute path: begin it with \"/\"");
}

/* The API server does not look at the case of its letters. */
static struct str lowered(struct arena *arena, struct str name)
{
	char *const lower = arena_array(arena, name.len + 1, sizeof(*lower));

	for (size_t i = 0; i < name.len; i++) {
		const char c = name.at[i];

		lower[i] = c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
	}
	return (struct str){lower, name.len};
}

static void check_driver(
	const struct rule_context *c, const struct field_path *at, const struct json_node *driver)
{
	const struct str name = json_str(c->arena, driver);

	if (!name.len)
		return;
	const char *const fault = names_fault(NAME_DNS1123_SUBDOMAIN, lowered(c->arena, name));

	if (name.len > DRIVER_CHARS_MAX)
		rule_found(c, at, FIELD_TOO_LONG, FIELD_READS(driver),
			"must be no more than 63 characters");
	else if (fault)
		rule_found(c, at, FIELD_INVALID, FIELD_READS(driver), "%s", fault);
}

static void check_member(const struct rule_context *c, const struct schema_object *source,
	const struct member *member)
{
	const struct json_node *const value = json_get(source->node, member->key);
	const struct field_path *const at = FIELD_CHILD(source->at, member->key);

	if (member->form == NEEDED && !json_present(value))
		rule_found(c, at, FIELD_REQUIRED, FIELD_READS(value, source->node),
			"must say which one is meant");
	check_given(c, source, member->key, "must say which one is meant");
	if (member->form == ABSOLUTE)
		check_absolute(c, at, value);
	if (member->form == DRIVER)
		check_driver(c, at, value);
}

/* Members of which a source has exactly one. */
static const struct {
	const char *source;
	const char *keys[2];
} ALTERNATIVES[] = {
	{"fc", {"targetWWNs", "wwids"}},
	{"flocker", {"datasetName", "datasetUUID"}},
};

/* An empty one is none to the API server. */
static bool is_said(const struct json_node *node)
{
	return json_is(node, JSON_ARRAY) ? json_count(node) > 0
					 : json_present(node) && !json_str_is(node, STR(""));
}

static void check_alternatives(
	const struct rule_context *c, const struct schema_object *source, const char *const *keys)
{
	const struct json_node *const first = json_get(source->node, keys[0]);
	const struct json_node *const other = json_get(source->node, keys[1]);

	if (is_said(first) && is_said(other))
		rule_found(c, FIELD_CHILD(source->at, keys[1]), FIELD_FORBIDDEN,
			FIELD_READS(other, first), "cannot stand beside %s: remove one of the two",
			keys[0]);
	if (!is_said(first) && !is_said(other))
		rule_found(c, source->at, FIELD_REQUIRED, FIELD_READS(first, other),
			"must have %s or %s", keys[0], keys[1]);
}

/* A managed disk has an ID, any other the address of a blob. */
static void check_azure_disk(const struct rule_context *c, const struct schema_object *disk)
{
	const struct json_node *const uri = json_get(disk->node, "diskURI");
	const struct json_node *const kind = json_get(disk->node, "kind");
	const char *const head = json_str_is(kind, STR("Managed")) ? "/subscriptions/" : "https://";
	const struct str text = json_str(c->arena, uri);

	if (text.len && !str_starts(text, head))
		rule_found(c, FIELD_CHILD(disk->at, "diskURI"), FIELD_NOT_SUPPORTED,
			FIELD_READS(uri, kind), "must begin with %s, since kind is %.*s", head,
			STR_ARG(json_is(kind, JSON_STRING) ? json_str(c->arena, kind)
							   : STR("Shared")));
}

static struct schema_object source_of(
	const struct pod_volume *volume, const char *kind, const struct field_path *at)
{
	return (struct schema_object){json_get(volume->self.node, kind), at};
}

static void check_source(const struct rule_context *c, const struct pod_volume *volume)
{
	const struct field_path *const up = volume->self.at;
	const struct schema_object azure =
		source_of(volume, "azureDisk", FIELD_CHILD(up, "azureDisk"));

	for (size_t i = 0; i < ARRAY_LEN(MEMBERS); i++) {
		const struct schema_object source =
			source_of(volume, MEMBERS[i].source, FIELD_CHILD(up, MEMBERS[i].source));

		if (json_is(source.node, JSON_OBJECT))
			check_member(c, &source, &MEMBERS[i]);
	}
	for (size_t i = 0; i < ARRAY_LEN(ALTERNATIVES); i++) {
		const struct schema_object source = source_of(
			volume, ALTERNATIVES[i].source, FIELD_CHILD(up, ALTERNATIVES[i].source));

		if (json_is(source.node, JSON_OBJECT))
			check_alternatives(c, &source, ALTERNATIVES[i].keys);
	}
	if (json_is(azure.node, JSON_OBJECT))
		check_azure_disk(c, &azure);
}

static void sources_are_complete(const struct rule_context *c, const struct rule_pod *pod)
{
	const struct pod_spec *const spec = &pod->template->spec;

	for (size_t i = 0; i < spec->volumes.count; i++) {
		if (spec->volumes.items[i].self.node)
			check_source(c, &spec->volumes.items[i]);
	}
}

static const struct rule RULES[] = {
	RULE("RG0677", "volume-source-complete", ERROR, BOTH, "0.1", NULL,
		"A volume of another kind says what it is made from: server, path, driver, image.",
		RULE_CHECKS_POD(sources_are_complete), .needs = PART(VOLUME_OTHER)),
};

const struct rule_table RULES_VOLUME_SOURCES = RULE_TABLE(RULES);
