#include "api/admission.h"

#include <stddef.h>

#include "base/utf8.h"

/* Who manages what, and how things stand, is of no interest here: half of a review's text. */
static const struct json_place SKIP[] = {
	{3, "status"},
	{4, "managedFields"},
	{0, NULL},
};
/* An update changes little of an object. */
static const struct json_twins VERSIONS = {2, "object", "oldObject"};

static const struct json_place SKIP_OF_OBJECT[] = {
	{1, "status"},
	{2, "managedFields"},
	{0, NULL},
};

const struct json_limits ADMISSION_LIMITS = {
	.bytes = 8u * 1024 * 1024,
	.depth = 256,
	.nodes = 2u * 1000 * 1000,
	.skip = SKIP,
	.twins = &VERSIONS,
};

const struct json_limits ADMISSION_OBJECT_LIMITS = {
	.bytes = 8u * 1024 * 1024,
	.depth = 256,
	.nodes = 2u * 1000 * 1000,
	.skip = SKIP_OF_OBJECT,
};

static const char *const OPERATIONS[] = {
	[ADMISSION_CREATE] = "CREATE",
	[ADMISSION_UPDATE] = "UPDATE",
	[ADMISSION_DELETE] = "DELETE",
	[ADMISSION_CONNECT] = "CONNECT",
};

static bool read_operation(struct str word, enum admission_operation *out)
{
	for (size_t i = 0; i < ARRAY_LEN(OPERATIONS); i++) {
		if (str_is(word, OPERATIONS[i])) {
			*out = (enum admission_operation)i;
			return true;
		}
	}
	return false;
}

static struct str text(struct arena *arena, const struct json_node *object, const char *key)
{
	return json_str(arena, json_get(object, key));
}

/* Absent in what controller-runtime's older envtest sends, else as metav1 defines it. */
static bool check_frame(struct arena *arena, const struct json_node *root,
	struct admission_request *out, struct err *err)
{
	if (!json_is(root, JSON_OBJECT))
		return err_set(err, ERR_INVALID,
			"the body is no AdmissionReview: it must be a JSON object");
	if (!str_is(text(arena, root, "kind"), "AdmissionReview"))
		return err_set(err, ERR_INVALID,
			"the body is no AdmissionReview: its kind must be 'AdmissionReview'");
	out->api_version = text(arena, root, "apiVersion");
	if (!str_is(out->api_version, "admission.k8s.io/v1"))
		return err_set(err, ERR_INVALID,
			"AdmissionReview version '%.64s' is not served: send admission.k8s.io/v1",
			out->api_version.len ? arena_str(arena, out->api_version).at : "");
	return true;
}

static bool check_objects(const struct admission_request *out, struct err *err)
{
	const bool writes =
		out->operation == ADMISSION_CREATE || out->operation == ADMISSION_UPDATE;

	if (writes && out->object == NULL)
		return err_set(err, ERR_INVALID, "request.object is missing: %s needs it",
			OPERATIONS[out->operation]);
	if (out->operation == ADMISSION_UPDATE && out->old_object == NULL)
		return err_set(err, ERR_INVALID, "request.oldObject is missing: UPDATE needs it");
	return true;
}

/* What is read of a request, in the order in which API servers write it. */
enum member {
	MEMBER_UID,
	MEMBER_KIND,
	MEMBER_RESOURCE,
	MEMBER_SUBRESOURCE,
	MEMBER_NAME,
	MEMBER_NAMESPACE,
	MEMBER_OPERATION,
	MEMBER_USER,
	MEMBER_OBJECT,
	MEMBER_OLD_OBJECT,
	MEMBER_DRY_RUN,
	MEMBER_OPTIONS,
	MEMBERS,
};

static const struct str MEMBER_KEYS[MEMBERS] = {
	[MEMBER_UID] = STR_INIT("uid"),
	[MEMBER_KIND] = STR_INIT("kind"),
	[MEMBER_RESOURCE] = STR_INIT("resource"),
	[MEMBER_SUBRESOURCE] = STR_INIT("subResource"),
	[MEMBER_NAME] = STR_INIT("name"),
	[MEMBER_NAMESPACE] = STR_INIT("namespace"),
	[MEMBER_OPERATION] = STR_INIT("operation"),
	[MEMBER_USER] = STR_INIT("userInfo"),
	[MEMBER_OBJECT] = STR_INIT("object"),
	[MEMBER_OLD_OBJECT] = STR_INIT("oldObject"),
	[MEMBER_DRY_RUN] = STR_INIT("dryRun"),
	[MEMBER_OPTIONS] = STR_INIT("options"),
};

/* Its members by their places in the enumeration; NULL where one is absent or null. */
struct members {
	const struct json_node *values[MEMBERS];
};

/* Whether an API server sends it always. What we would guess there decides whether we judge. */
enum presence {
	ABSENT_OR_NOT,
	PRESENT, /* "" is the group of pods and services */
	FILLED,
};

static const struct {
	enum member member;
	const char *name; /* of what is in that; NULL: the member itself */
	size_t offset;    /* of a struct str */
	enum presence presence;
} TEXTS[] = {
	{MEMBER_UID, NULL, offsetof(struct admission_request, uid), FILLED},
	{MEMBER_SUBRESOURCE, NULL, offsetof(struct admission_request, subresource), ABSENT_OR_NOT},
	{MEMBER_NAME, NULL, offsetof(struct admission_request, name), ABSENT_OR_NOT},
	{MEMBER_NAMESPACE, NULL, offsetof(struct admission_request, namespace), ABSENT_OR_NOT},
	{MEMBER_KIND, "kind", offsetof(struct admission_request, kind), FILLED},
	{MEMBER_RESOURCE, "group", offsetof(struct admission_request, group), PRESENT},
	{MEMBER_RESOURCE, "version", offsetof(struct admission_request, version), ABSENT_OR_NOT},
	{MEMBER_RESOURCE, "resource", offsetof(struct admission_request, resource), FILLED},
	{MEMBER_USER, "username", offsetof(struct admission_request, username), ABSENT_OR_NOT},
};

static const struct {
	enum member member;
	size_t offset; /* of a node */
} OBJECTS[] = {
	{MEMBER_OBJECT, offsetof(struct admission_request, object)},
	{MEMBER_OLD_OBJECT, offsetof(struct admission_request, old_object)},
	{MEMBER_OPTIONS, offsetof(struct admission_request, options)},
};

/* Mostly the key that follows the last one found. */
static size_t find_member(const struct json_node *key, size_t first)
{
	for (size_t i = first; i < MEMBERS; i++) {
		if (json_key_is(key, MEMBER_KEYS[i]))
			return i;
	}
	for (size_t i = 0; i < first; i++) {
		if (json_key_is(key, MEMBER_KEYS[i]))
			return i;
	}
	return MEMBERS;
}

static void find_members(const struct json_node *request, struct members *out)
{
	size_t next = 0;

	*out = (struct members){0};
	for (struct json_iter it = json_iter(request); json_next_member(&it);) {
		const size_t found = find_member(it.key, next);

		if (found == MEMBERS)
			continue;
		out->values[found] = json_present(it.value) ? it.value : NULL;
		next = found + 1;
	}
}

static bool read_text(struct arena *arena, const struct members *members, size_t row,
	struct admission_request *out, struct err *err)
{
	const char *const key = MEMBER_KEYS[TEXTS[row].member].at;
	const char *const name = TEXTS[row].name;
	const struct json_node *value = members->values[TEXTS[row].member];
	struct str *const field = (struct str *)(void *)((char *)out + TEXTS[row].offset);

	if (value && name) {
		if (!json_is(value, JSON_OBJECT))
			return err_set(err, ERR_INVALID, "request.%s must be an object", key);
		value = json_get(value, name);
	}
	const char *wrong = NULL;

	if (json_is(value, JSON_STRING))
		*field = json_str(arena, value);
	else if (json_present(value))
		wrong = "must be a string";
	else if (TEXTS[row].presence != ABSENT_OR_NOT)
		wrong = "is missing: API servers always send it";
	if (wrong == NULL && field->len == 0 && TEXTS[row].presence == FILLED)
		wrong = "must not be empty";
	return wrong == NULL || err_set(err, ERR_INVALID, "request.%s%s%s %s", key, name ? "." : "",
					name ? name : "", wrong);
}

static bool read_object(
	const struct members *members, size_t row, struct admission_request *out, struct err *err)
{
	const struct json_node *const node = members->values[OBJECTS[row].member];

	*(const struct json_node **)(void *)((char *)out + OBJECTS[row].offset) = node;
	return node == NULL || json_is(node, JSON_OBJECT) ||
	       err_set(err, ERR_INVALID, "request.%s must be an object",
		       MEMBER_KEYS[OBJECTS[row].member].at);
}

/* A dry run that was taken for another would reserve, so nothing is guessed. */
static bool read_dry_run(
	const struct members *members, struct admission_request *out, struct err *err)
{
	const struct json_node *const node = members->values[MEMBER_DRY_RUN];

	out->dry_run = json_is(node, JSON_TRUE);
	return node == NULL || out->dry_run || json_is(node, JSON_FALSE) ||
	       err_set(err, ERR_INVALID, "request.dryRun must be true or false");
}

static bool read_request(struct arena *arena, const struct json_node *request,
	struct admission_request *out, struct err *err)
{
	struct members members;

	if (!json_is(request, JSON_OBJECT))
		return err_set(err, ERR_INVALID, "the AdmissionReview has no request");
	find_members(request, &members);
	for (size_t i = 0; i < ARRAY_LEN(TEXTS); i++)
		if (!read_text(arena, &members, i, out, err))
			return false;
	for (size_t i = 0; i < ARRAY_LEN(OBJECTS); i++)
		if (!read_object(&members, i, out, err))
			return false;
	if (!read_dry_run(&members, out, err))
		return false;
	return read_operation(json_str(arena, members.values[MEMBER_OPERATION]), &out->operation) ||
	       err_set(err, ERR_INVALID,
		       "request.operation must be CREATE, UPDATE, DELETE or CONNECT");
}

bool admission_read(
	struct arena *arena, struct str body, struct admission_request *out, struct err *err)
{
	struct json_doc doc;

	*out = (struct admission_request){0};
	if (body.len == 0)
		return err_set(err, ERR_INVALID, "the body is empty: send an AdmissionReview");
	if (!json_read(arena, body, &ADMISSION_LIMITS, &doc, err))
		return err_wrap(err, "the body is not JSON");
	if (!check_frame(arena, doc.root, out, err))
		return false;
	return read_request(arena, json_get(doc.root, "request"), out, err) &&
	       check_objects(out, err);
}

static void add_member(struct buf *out, const char *key, struct str value)
{
	if (value.len == 0)
		return;
	buf_printf(out, ",\"%s\":", key);
	buf_add_json_str(out, value);
}

static void write_causes(const struct admission_answer *a, struct buf *out)
{
	buf_add_cstr(out, ",\"causes\":[");
	for (size_t i = 0; i < a->cause_count; i++) {
		buf_printf(out, "%s{\"reason\":\"%s\"", i ? "," : "", a->causes[i].reason);
		add_member(out, "message", a->causes[i].message);
		add_member(out, "field", a->causes[i].field);
		buf_add_char(out, '}');
	}
	buf_add_char(out, ']');
}

static void write_details(const struct admission_answer *a, struct buf *out)
{
	if (!a->cause_count && !a->retry_after_seconds)
		return;
	buf_add_cstr(out, ",\"details\":{\"name\":");
	buf_add_json_str(out, a->details_name);
	add_member(out, "group", a->details_group);
	add_member(out, "kind", a->details_kind);
	if (a->cause_count)
		write_causes(a, out);
	if (a->retry_after_seconds)
		buf_printf(out, ",\"retryAfterSeconds\":%d", a->retry_after_seconds);
	buf_add_char(out, '}');
}

static void write_status(const struct admission_answer *a, struct buf *out)
{
	if (a->allowed) {
		buf_add_cstr(out, ",\"status\":{\"metadata\":{},\"code\":200}");
		return;
	}
	buf_printf(out, ",\"status\":{\"metadata\":{},\"status\":\"Failure\",\"message\":");
	buf_add_json_str(out, a->message);
	buf_printf(out, ",\"reason\":\"%s\"", a->reason);
	write_details(a, out);
	buf_printf(out, ",\"code\":%d}", a->code);
}

/* Warnings beyond the total are dropped by the API server one and all: stop before that. */
static void write_warnings(const struct admission_answer *a, struct buf *out)
{
	size_t total = 0;

	if (a->warning_count == 0)
		return;
	buf_add_cstr(out, ",\"warnings\":[");
	for (size_t i = 0; i < a->warning_count; i++) {
		const struct str w = a->warnings[i];
		const size_t shown = utf8_cut(w, ADMISSION_WARNING_MAX);

		total += shown;
		if (total > ADMISSION_WARNINGS_MAX)
			break;
		if (i)
			buf_add_char(out, ',');
		buf_add_json_str(out, (struct str){w.at, shown});
	}
	buf_add_char(out, ']');
}

static void write_audit(const struct admission_answer *a, struct buf *out)
{
	if (a->audit_count == 0)
		return;
	buf_add_cstr(out, ",\"auditAnnotations\":{");
	for (size_t i = 0; i < a->audit_count; i++) {
		buf_printf(out, "%s\"%s\":", i ? "," : "", a->audit[i].key);
		buf_add_json_str(out, a->audit[i].value);
	}
	buf_add_char(out, '}');
}

static void write_patch(const struct admission_answer *a, struct buf *out)
{
	if (a->patch.len == 0)
		return;
	buf_add_cstr(out, ",\"patchType\":\"JSONPatch\",\"patch\":\"");
	buf_add_base64(out, a->patch);
	buf_add_char(out, '"');
}

void admission_write(const struct admission_request *request, const struct admission_answer *answer,
	struct buf *out)
{
	buf_add_cstr(out, "{\"kind\":\"AdmissionReview\",\"apiVersion\":\"admission.k8s.io/v1\","
			  "\"response\":{\"uid\":");
	buf_add_json_str(out, request->uid);
	buf_add_cstr(out, answer->allowed ? ",\"allowed\":true" : ",\"allowed\":false");
	write_status(answer, out);
	write_patch(answer, out);
	write_warnings(answer, out);
	write_audit(answer, out);
	buf_add_cstr(out, "}}\n");
}
