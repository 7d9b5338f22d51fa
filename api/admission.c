#include "api/admission.h"

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

static const struct json_node *object_or_null(const struct json_node *request, const char *key)
{
	const struct json_node *const node = json_get(request, key);

	return json_present(node) ? node : NULL;
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

static bool check_request(
	const struct json_node *request, const struct admission_request *out, struct err *err)
{
	const struct json_node *const uid = json_get(request, "uid");

	if (!json_is(request, JSON_OBJECT))
		return err_set(err, ERR_INVALID, "the AdmissionReview has no request");
	if (!json_is(uid, JSON_STRING) || uid->len == 0)
		return err_set(err, ERR_INVALID, "the AdmissionReview's request has no uid");
	if (out->object && out->object->kind != JSON_OBJECT)
		return err_set(err, ERR_INVALID, "request.object must be an object");
	if (out->old_object && out->old_object->kind != JSON_OBJECT)
		return err_set(err, ERR_INVALID, "request.oldObject must be an object");
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

static void read_identity(
	struct arena *arena, const struct json_node *request, struct admission_request *out)
{
	const struct json_node *const resource = json_get(request, "resource");

	out->uid = text(arena, request, "uid");
	out->group = text(arena, resource, "group");
	out->version = text(arena, resource, "version");
	out->resource = text(arena, resource, "resource");
	out->kind = text(arena, json_get(request, "kind"), "kind");
	out->subresource = text(arena, request, "subResource");
	out->name = text(arena, request, "name");
	out->namespace = text(arena, request, "namespace");
	out->username = text(arena, json_get(request, "userInfo"), "username");
	out->dry_run = json_is(json_get(request, "dryRun"), JSON_TRUE);
	out->object = object_or_null(request, "object");
	out->old_object = object_or_null(request, "oldObject");
	out->options = object_or_null(request, "options");
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
	const struct json_node *const request = json_get(doc.root, "request");

	read_identity(arena, request, out);
	if (!check_request(request, out, err))
		return false;
	if (!read_operation(text(arena, request, "operation"), &out->operation))
		return err_set(err, ERR_INVALID,
			"request.operation must be CREATE, UPDATE, DELETE or CONNECT");
	return check_objects(out, err);
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
	const size_t shown =
		a->cause_count > ADMISSION_CAUSES_MAX ? ADMISSION_CAUSES_MAX : a->cause_count;

	buf_add_cstr(out, ",\"causes\":[");
	for (size_t i = 0; i < shown; i++) {
		buf_printf(out, "%s{\"reason\":\"%s\"", i ? "," : "", a->causes[i].reason);
		add_member(out, "message", a->causes[i].message);
		add_member(out, "field", a->causes[i].field);
		buf_add_char(out, '}');
	}
	if (shown < a->cause_count)
		buf_printf(out,
			",{\"reason\":\"FieldValueInvalid\",\"message\":"
			"\"and %zu more findings: `raygate check` shows all of them\"}",
			a->cause_count - shown);
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
	buf_printf(out, ",\"allowed\":%s", answer->allowed ? "true" : "false");
	write_status(answer, out);
	write_patch(answer, out);
	write_warnings(answer, out);
	write_audit(answer, out);
	buf_add_cstr(out, "}}\n");
}
