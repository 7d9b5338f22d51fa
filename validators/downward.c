#include "validators/downward.h"

/* What can be taken, and the words for it; NULL-terminated. */
static const struct downward_fields {
	const char *const *names;
	const char *told;
} FIELDS[] = {
	[DOWNWARD_VARIABLE] =
		{
			(const char *const[]){"metadata.name", "metadata.namespace", "metadata.uid",
				"spec.nodeName", "spec.serviceAccountName", "status.hostIP",
				"status.podIP", "status.hostIPs", "status.podIPs", "spec.host",
				NULL},
			"must be metadata.name, .namespace, .uid, .labels['key'] or "
			".annotations['key'], spec.nodeName, .serviceAccountName, status.hostIP or "
			".podIP",
		},
	[DOWNWARD_FILE] =
		{
			(const char *const[]){"metadata.name", "metadata.namespace", "metadata.uid",
				"metadata.labels", "metadata.annotations", NULL},
			"must be metadata.name, .namespace, .uid, .labels, .annotations, or one of "
			"these as .labels['key']; a variable can take more",
		},
};

static bool is_word(struct str text, const char *const *words)
{
	for (size_t i = 0; words[i]; i++) {
		if (str_is(text, words[i]))
			return true;
	}
	return false;
}

/* metadata.labels['key']: the key; the empty str where the path has another shape. */
static struct str map_key(struct str path, enum name_kind *kind)
{
	static const struct {
		struct str head;
		enum name_kind kind;
	} MAPS[] = {
		{STR_INIT("metadata.labels['"), NAME_QUALIFIED},
		{STR_INIT("metadata.annotations['"), NAME_ANNOTATION_KEY},
	};

	for (size_t i = 0; i < ARRAY_LEN(MAPS); i++) {
		if (!str_starts(path, MAPS[i].head.at))
			continue;
		/* Cut off first: the quote at the head's end is not the one that ends the key. */
		struct str key = str_from_offset(path, MAPS[i].head.len);

		if (!str_ends(key, "']"))
			return (struct str){0};
		key.len -= sizeof("']") - 1;
		*kind = MAPS[i].kind;
		return key;
	}
	return (struct str){0};
}

static void check_field(
	const struct rule_context *c, const struct schema_object *ref, enum downward_use use)
{
	const struct json_node *const path = json_get(ref->node, "fieldPath");
	const struct json_node *const version = json_get(ref->node, "apiVersion");
	const struct field_path *const at = FIELD_CHILD(ref->at, "fieldPath");
	const struct str text = json_str(c->arena, path);
	enum name_kind kind = NAME_QUALIFIED;
	const struct str key = map_key(text, &kind);
	const char *const fault = key.len ? names_fault(kind, key) : NULL;

	if (json_is(version, JSON_STRING) && !json_str_is(version, STR("v1")) &&
		!json_str_is(version, STR("")))
		rule_found(c, FIELD_CHILD(ref->at, "apiVersion"), FIELD_NOT_SUPPORTED,
			FIELD_READS(version), "must be v1, the only version of a pod");
	if (fault)
		rule_found(c, at, FIELD_INVALID, FIELD_READS(path), "the key %s", fault);
	else if (json_is(path, JSON_STRING) && !key.len && !is_word(text, FIELDS[use].names))
		rule_found(c, at, FIELD_NOT_SUPPORTED, FIELD_READS(path), "%s", FIELDS[use].told);
}

static bool is_huge_page(struct str resource)
{
	return str_starts(resource, "limits.hugepages-") ||
	       str_starts(resource, "requests.hugepages-");
}

static bool is_cpu(struct str resource)
{
	return str_is(resource, "limits.cpu") || str_is(resource, "requests.cpu");
}

/* 1, or a power of 1000 or 1024 up to exa; of CPU a thousandth, or 1. */
static bool divides(struct quantity divisor, bool cpu)
{
	struct quantity decimal = quantity_whole(1);
	struct quantity binary = quantity_whole(1);

	if (quantity_is_zero(divisor) || quantity_cmp(divisor, decimal) == 0)
		return true;
	if (cpu)
		return quantity_cmp(divisor, quantity_milli(1)) == 0;
	for (size_t power = 1; power <= 6; power++) {
		decimal = quantity_mul(decimal, 1000);
		binary = quantity_mul(binary, 1024);
		if (quantity_cmp(divisor, decimal) == 0 || quantity_cmp(divisor, binary) == 0)
			return true;
	}
	return false;
}

static void check_amount(
	const struct rule_context *c, const struct schema_object *ref, enum downward_use use)
{
	static const char *const AMOUNTS[] = {"limits.cpu", "limits.memory",
		"limits.ephemeral-storage", "requests.cpu", "requests.memory",
		"requests.ephemeral-storage", NULL};
	const struct json_node *const resource = json_get(ref->node, "resource");
	const struct json_node *const container = json_get(ref->node, "containerName");
	const struct json_node *const divisor = json_get(ref->node, "divisor");
	const struct str text = json_str(c->arena, resource);
	struct quantity value;
	struct err err;

	if (use == DOWNWARD_FILE && !json_str(c->arena, container).len)
		rule_found(c, FIELD_CHILD(ref->at, "containerName"), FIELD_REQUIRED,
			FIELD_READS(container), "must say of which container, in a volume");
	if (json_is(resource, JSON_STRING) && !is_word(text, AMOUNTS) && !is_huge_page(text))
		rule_found(c, FIELD_CHILD(ref->at, "resource"), FIELD_NOT_SUPPORTED,
			FIELD_READS(resource),
			"must be limits. or requests. with cpu, memory, ephemeral-storage or "
			"hugepages-<size>");
	else if (divisor && quantity_read(divisor, &value, &err) && !divides(value, is_cpu(text)))
		rule_found(c, FIELD_CHILD(ref->at, "divisor"), FIELD_INVALID,
			FIELD_READS(divisor, resource),
			is_cpu(text) ? "must be 1 or 1m"
				     : "must be 1 or one unit, such as 1Mi or 1G");
}

void check_downward(
	const struct rule_context *c, const struct schema_object *source, enum downward_use use)
{
	const struct schema_object field = {
		json_get(source->node, "fieldRef"), FIELD_CHILD(source->at, "fieldRef")};
	const struct schema_object amount = {json_get(source->node, "resourceFieldRef"),
		FIELD_CHILD(source->at, "resourceFieldRef")};

	if (json_is(field.node, JSON_OBJECT))
		check_field(c, &field, use);
	if (json_is(amount.node, JSON_OBJECT))
		check_amount(c, &amount, use);
}
