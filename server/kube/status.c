#include "server/kube/status.h"

#include "base/attr.h"

enum { EXCERPT = 120 };

static const struct {
	int code;
	enum err_code err;
} CODES[] = {
	{400, ERR_INVALID},
	{401, ERR_FORBIDDEN},
	{403, ERR_FORBIDDEN},
	{404, ERR_NOT_FOUND},
	{405, ERR_INVALID},
	{406, ERR_INVALID},
	{409, ERR_CONFLICT},
	{413, ERR_TOO_LARGE},
	{415, ERR_INVALID},
	{422, ERR_INVALID},
};

static void decode_causes(
	const struct json_node *list, struct arena *arena, struct kube_status *status)
{
	const size_t count = json_count(list);
	struct kube_cause *const causes = arena_array(
		arena, count < KUBE_CAUSES_LIMIT ? count : KUBE_CAUSES_LIMIT, sizeof(*causes));

	for (struct json_iter it = json_iter(list);
		json_next_item(&it) && status->cause_count < KUBE_CAUSES_LIMIT;)
		causes[status->cause_count++] = (struct kube_cause){
			.reason = json_str(arena, json_get(it.value, "reason")),
			.field = json_str(arena, json_get(it.value, "field")),
			.message = json_str(arena, json_get(it.value, "message")),
		};
	status->causes = causes;
}

bool kube_status_decode(const struct json_node *node, struct arena *arena, struct kube_status *out)
{
	const struct json_node *const details = json_get(node, "details");
	int64_t code = 0;

	if (!json_str_is(json_get(node, "kind"), STR("Status")))
		return false;
	*out = (struct kube_status){
		.reason = json_str(arena, json_get(node, "reason")),
		.message = json_str(arena, json_get(node, "message")),
	};
	if (json_i64(json_get(node, "code"), &code) && code > 0 && code < 1000)
		out->code = (int)code;
	json_i64(json_get(details, "retryAfterSeconds"), &out->retry_after_s);
	decode_causes(json_get(details, "causes"), arena, out);
	return true;
}

struct kube_status kube_status_of_text(int code, struct str body, struct arena *arena)
{
	char text[EXCERPT + 1];
	size_t len = 0;

	body = str_trim(body);
	for (; len < EXCERPT && len < body.len; len++)
		text[len] = body.at[len] < ' ' || body.at[len] > '~' ? ' ' : body.at[len];
	return (struct kube_status){
		.code = code,
		.message = arena_printf(
			arena, "HTTP status %d without a Status: '%.*s'", code, (int)len, text),
	};
}

bool kube_status_err(const struct kube_status *status, struct err *err)
{
	enum err_code code = ERR_UNAVAILABLE;

	for (size_t i = 0; i < ARRAY_LEN(CODES); i++)
		if (CODES[i].code == status->code)
			code = CODES[i].err;
	if (status->message.len == 0)
		return err_set(
			err, code, "HTTP status %d %.*s", status->code, STR_ARG(status->reason));
	return err_set(err, code, "%.*s", STR_ARG(status->message));
}

bool kube_status_is_already_exists(const struct kube_status *status)
{
	return str_is(status->reason, "AlreadyExists");
}

bool kube_status_is_expired(const struct kube_status *status)
{
	return status->code == 410 || str_is(status->reason, "Expired") ||
	       str_is(status->reason, "Gone");
}
