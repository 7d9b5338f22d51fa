#include "server/kube/verb.h"

#include <assert.h>
#include <stdio.h>

enum { NUMBER = 16 };

#define PARTIAL(kind) "application/json;as=" kind ";g=meta.k8s.io;v=v1"

static const char ONE[] = PARTIAL("PartialObjectMetadata");
static const char MANY[] = PARTIAL("PartialObjectMetadataList");

static const char JSON[] = "application/json";
static const char JSON_PATCH[] = "application/json-patch+json";
static const char MERGE_PATCH[] = "application/merge-patch+json";
static const char STRATEGIC_PATCH[] = "application/strategic-merge-patch+json";
static const char APPLY_PATCH[] = "application/apply-patch+yaml";

/* In the order of enum kube_verb; the last three are reads, named, managed. */
static const struct kube_verb_row VERBS[] = {
	{KUBE_GET, "GET", NULL, ONE, true, true, false},
	{KUBE_LIST, "GET", NULL, MANY, true, false, false},
	{KUBE_CREATE, "POST", JSON, ONE, false, false, true},
	{KUBE_UPDATE, "PUT", JSON, ONE, false, true, true},
	{KUBE_PATCH_JSON, "PATCH", JSON_PATCH, ONE, false, true, true},
	{KUBE_PATCH_MERGE, "PATCH", MERGE_PATCH, ONE, false, true, true},
	{KUBE_PATCH_STRATEGIC, "PATCH", STRATEGIC_PATCH, ONE, false, true, true},
	{KUBE_APPLY, "PATCH", APPLY_PATCH, ONE, false, true, true},
	{KUBE_DELETE, "DELETE", JSON, ONE, false, true, false},
	{KUBE_WATCH, "GET", NULL, ONE, true, false, false},
};

const struct kube_verb_row *kube_verb_row(enum kube_verb verb)
{
	assert(verb < ARRAY_LEN(VERBS) && VERBS[verb].verb == verb);
	return &VERBS[verb];
}

/* A get without a name would be a list, a delete of all there is. */
static bool check_ref(
	const struct kube_call *call, const struct kube_verb_row *row, struct err *err)
{
	const struct kube_ref *const at = &call->at;
	const bool one = row->named || call->verb == KUBE_CREATE;

	if (row->named && (at->name == NULL || *at->name == '\0'))
		return err_set(err, ERR_INVALID, "a name is missing");
	if (one && !at->resource->cluster_wide && (at->namespace == NULL || *at->namespace == '\0'))
		return err_set(err, ERR_INVALID, "a namespace is missing");
	return true;
}

static void add_number(struct buf *out, size_t start, const char *key, int number)
{
	char text[NUMBER];

	if (number == 0)
		return;
	snprintf(text, sizeof(text), "%d", number);
	kube_query_add(out, start, key, text);
}

static void add_query(const struct kube_call *call, struct buf *out)
{
	const struct kube_verb_row *const row = kube_verb_row(call->verb);
	const size_t start = out->len;
	const bool watches = call->verb == KUBE_WATCH;

	kube_query_add(out, start, "watch", watches ? "true" : NULL);
	kube_query_add(out, start, "allowWatchBookmarks", watches ? "true" : NULL);
	kube_query_add(out, start, "labelSelector", call->label_selector);
	kube_query_add(out, start, "fieldSelector", call->field_selector);
	add_number(out, start, "limit", call->limit);
	kube_query_add(out, start, "continue", call->continue_token);
	kube_query_add(out, start, "resourceVersion", call->resource_version);
	add_number(out, start, "timeoutSeconds", call->watch_seconds);
	if (!row->managed)
		return;
	kube_query_add(
		out, start, "fieldManager", call->field_manager ? call->field_manager : "raygate");
	kube_query_add(out, start, "dryRun", call->dry_run ? "All" : NULL);
	kube_query_add(
		out, start, "force", call->verb == KUBE_APPLY && call->force ? "true" : NULL);
}

bool kube_verb_path(const struct kube_call *call, struct buf *out, struct err *err)
{
	if (call->path) {
		buf_add_cstr(out, call->path);
		return true;
	}
	if (!check_ref(call, kube_verb_row(call->verb), err) || !kube_ref_path(&call->at, out, err))
		return false;
	add_query(call, out);
	return true;
}

static void add_member(struct buf *out, const char *key, const char *value)
{
	if (value == NULL)
		return;
	buf_printf(out, "\"%s\":", key);
	buf_add_json_str(out, str_from(value));
	buf_add_char(out, ',');
}

void kube_verb_delete_options(const struct kube_call *call, struct buf *out)
{
	buf_add_char(out, '{');
	add_member(out, "propagationPolicy", call->propagation);
	if (call->has_grace)
		buf_printf(out, "\"gracePeriodSeconds\":%d,", call->grace_seconds);
	if (call->dry_run)
		buf_add_cstr(out, "\"dryRun\":[\"All\"],");
	if (call->only_uid || call->only_version) {
		buf_add_cstr(out, "\"preconditions\":{");
		add_member(out, "uid", call->only_uid);
		add_member(out, "resourceVersion", call->only_version);
		out->len--;
		buf_add_cstr(out, "},");
	}
	buf_add_cstr(out, "\"kind\":\"DeleteOptions\",\"apiVersion\":\"v1\"}");
}
