#include "server/settings_file.h"

#include "base/yaml.h"
#include "server/file.h"

enum { CONFIG_BYTES = 1024 * 1024, CONFIG_DEPTH = 8, CONFIG_NODES = 10000 };

static struct str text_of(struct settings *s, const struct json_node *node)
{
	return node->kind == JSON_STRING ? json_str(&s->arena, node) : json_raw(node);
}

static bool read_members(
	struct settings *s, unsigned command, const struct json_node *root, struct err *err)
{
	for (struct json_iter it = json_iter(root); json_next_member(&it);) {
		if (!settings_set(
			    s, command, json_str(&s->arena, it.key), text_of(s, it.value), err))
			return false;
	}
	return true;
}

bool settings_read_file(struct settings *s, unsigned command, struct str file, struct err *err)
{
	const struct yaml_limits limits = {.bytes = CONFIG_BYTES,
		.depth = CONFIG_DEPTH,
		.nodes = CONFIG_NODES,
		.expanded = CONFIG_NODES};
	struct yaml_doc doc;
	struct str text;

	if (!file_read(&s->arena, file, CONFIG_BYTES, &text, err) ||
		!yaml_read(&s->arena, text, &limits, &doc, err) ||
		!read_members(s, command, doc.json.root, err))
		return err_wrap(err, "config '%.*s'", STR_ARG(file));
	return true;
}
