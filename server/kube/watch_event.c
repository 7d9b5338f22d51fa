#include "server/kube/watch_event.h"

enum { DEPTH = 256, NODES = 1024 * 1024 };

static const struct {
	const char *name;
	enum kube_watch_type type;
} TYPES[] = {
	{"ADDED", KUBE_WATCH_OBJECT},
	{"MODIFIED", KUBE_WATCH_OBJECT},
	{"DELETED", KUBE_WATCH_GONE},
	{"BOOKMARK", KUBE_WATCH_BOOKMARK},
	{"ERROR", KUBE_WATCH_ERROR},
};

static bool read_type(const struct json_node *node, enum kube_watch_type *out)
{
	for (size_t i = 0; i < ARRAY_LEN(TYPES); i++) {
		if (json_str_is(node, str_from(TYPES[i].name))) {
			*out = TYPES[i].type;
			return true;
		}
	}
	return false;
}

bool kube_watch_object(
	const struct json_node *object, struct arena *arena, struct kube_watch_event *out)
{
	const struct json_node *const meta = json_get(object, "metadata");

	out->object = object;
	out->namespace = json_str(arena, json_get(meta, "namespace"));
	out->name = json_str(arena, json_get(meta, "name"));
	out->version = json_str(arena, json_get(meta, "resourceVersion"));
	return out->name.len > 0;
}

static bool read_object(const struct json_node *object, struct arena *arena,
	struct kube_watch_event *out, struct err *err)
{
	if (out->type == KUBE_WATCH_ERROR)
		return kube_status_decode(object, arena, &out->error) ||
		       err_set(err, ERR_INVALID, "a watch's error is no Status");
	const bool named = kube_watch_object(object, arena, out);

	if (out->version.len == 0 || (!named && out->type != KUBE_WATCH_BOOKMARK))
		return err_set(
			err, ERR_INVALID, "a watch's object has no name or no resourceVersion");
	return true;
}

bool kube_watch_event_read(struct str line, const struct json_place *skip, struct arena *arena,
	struct kube_watch_event *out, struct err *err)
{
	const struct json_limits limits = {
		.bytes = line.len, .depth = DEPTH, .nodes = NODES, .skip = skip};
	struct json_doc doc;

	*out = (struct kube_watch_event){0};
	if (!json_read(arena, line, &limits, &doc, err))
		return err_wrap(err, "a watch's line");
	if (!read_type(json_get(doc.root, "type"), &out->type))
		return err_set(err, ERR_INVALID, "a watch's line has no type that is known");
	return read_object(json_get(doc.root, "object"), arena, out, err);
}
