#include "server/config/settings_file.h"

#include "base/file.h"
#include "base/yaml.h"

enum { CONFIG_BYTES = 1024 * 1024, CONFIG_DEPTH = 8, CONFIG_NODES = 10000 };

bool settings_file_read(
	struct arena *arena, struct str file, const struct json_node **root, struct err *err)
{
	const struct yaml_limits limits = {.bytes = CONFIG_BYTES,
		.depth = CONFIG_DEPTH,
		.nodes = CONFIG_NODES,
		.expanded = CONFIG_NODES};
	struct yaml_doc doc;
	struct str text;

	if (!file_read(arena, file, CONFIG_BYTES, &text, err) ||
		!yaml_read(arena, text, &limits, &doc, err))
		return err_wrap(err, "config '%.*s'", STR_ARG(file));
	*root = doc.json.root;
	if (!json_is(*root, JSON_OBJECT))
		return err_set(
			err, ERR_INVALID, "config '%.*s' is no map of options", STR_ARG(file));
	return true;
}
