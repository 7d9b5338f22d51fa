#include "server/check/check_cluster.h"

#include "api/ray_object.h"
#include "base/json_edit.h"
#include "server/kube/list.h"

/* Somebody waits: what a second does not mend is told. */
enum { TRIES = 3 };

static const struct kube_resource RESOURCES[] = {
	{.group = "ray.io", .version = "v1", .plural = "rayclusters"},
	{.group = "ray.io", .version = "v1", .plural = "rayjobs"},
	{.group = "ray.io", .version = "v1", .plural = "rayservices"},
	{.group = "ray.io", .version = "v1", .plural = "raycronjobs"},
	{.group = "cluster.ray.io", .version = "v1", .plural = "rayclusters"},
};

static const char *name_of(struct arena *arena, const struct json_node *object)
{
	const struct json_node *const meta = json_get(object, "metadata");

	return arena_printf(arena, "%.*s/%.*s/%.*s",
		STR_ARG(json_str(arena, json_get(meta, "namespace"))),
		STR_ARG(json_str(arena, json_get(object, "kind"))),
		STR_ARG(json_str(arena, json_get(meta, "name"))))
		.at;
}

/* As people see it: what controllers keep for themselves is left out. */
static void print(const struct json_node *object, struct buf *out)
{
	struct json_edit *value = json_edit_import(object);

	json_edit_remove(json_edit_get(value, STR("metadata")), STR("managedFields"));
	json_edit_remove(value, STR("status"));
	json_edit_print_yaml(value, out);
	json_edit_free(&value);
}

static void judge(void *context, const struct json_node *object, struct arena *arena)
{
	struct check_run *const check = context;
	CLEANUP(buf_done) struct buf text = {0};

	if (check->failed)
		return;
	print(object, &text);
	check_run_text(check, name_of(arena, object), buf_str(&text));
}

static void tell_unread(
	struct check_run *check, const struct kube_resource *resource, const struct err *err)
{
	CLEANUP(buf_done) struct buf name = {0};

	buf_printf(&name, "%s.%s", resource->plural, resource->group);
	buf_add_char(&name, '\0');
	report_unreadable(&check->report,
		&(struct report_remark){.file = name.at, .text = str_from(err->text)});
}

void check_cluster(struct check_run *check, struct kube_client *client, const char *namespace)
{
	const struct kube_list_handler handler = {.item = judge, .context = check};
	struct err err = {0};

	/* A cluster that does not answer is told once, not for each kind. */
	for (size_t i = 0;
		i < ARRAY_LEN(RESOURCES) && !check->failed && err.code != ERR_UNAVAILABLE; i++) {
		const struct kube_call call = {
			.verb = KUBE_LIST,
			.at = {.resource = &RESOURCES[i], .namespace = namespace},
			.tries = TRIES,
		};

		err = (struct err){0};
		if (!kube_list(client, &call, &handler, NULL, &err) && err.code != ERR_NOT_FOUND)
			tell_unread(check, &RESOURCES[i], &err);
	}
}
