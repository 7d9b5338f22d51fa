#include "server/check/kustomization.h"

#include <string.h>

#include "base/file.h"
#include "base/yaml.h"

enum { BYTES = 1024 * 1024, DEPTH = 32, NODES = 100000 };

/* A list of files, by what one is there: a map with the file's path, or (NULL) that path. */
struct listed {
	const char *list, *member;
};

static const struct listed PATCHES[] = {
	{"patches", "path"},
	{"patchesJson6902", "path"},
	{"patchesStrategicMerge", NULL},
};
static const struct listed RESOURCES[] = {
	{"resources", NULL},
};

bool kustomization_is(const char *path)
{
	const char *const slash = strrchr(path, '/');
	const char *const name = slash ? slash + 1 : path;

	return strcmp(name, "kustomization.yaml") == 0 || strcmp(name, "kustomization.yml") == 0 ||
	       strcmp(name, "Kustomization") == 0;
}

static const struct json_node *read_root(struct arena *arena, const char *path)
{
	const struct yaml_limits limits = {
		.bytes = BYTES, .depth = DEPTH, .nodes = NODES, .expanded = NODES};
	struct yaml_doc doc;
	struct str text;
	struct err err;

	if (!file_read(arena, str_from(path), BYTES, &text, &err) ||
		!yaml_read(arena, text, &limits, &doc, &err))
		return NULL;
	return doc.json.root;
}

static size_t count_all(const struct json_node *root, const struct listed *lists, size_t list_count)
{
	size_t count = 0;

	for (size_t i = 0; i < list_count; i++) {
		for (struct json_iter it = json_iter(json_get(root, lists[i].list));
			json_next_item(&it);)
			count++;
	}
	return count;
}

static size_t files_of(struct arena *arena, const char *path, const struct listed *lists,
	size_t list_count, const char ***out)
{
	const struct json_node *const root = read_root(arena, path);
	const char *const slash = strrchr(path, '/');
	const struct str folder = {path, slash ? (size_t)(slash + 1 - path) : 0};
	size_t count = 0;

	*out = arena_array(arena, count_all(root, lists, list_count), sizeof(**out));
	for (size_t i = 0; i < list_count; i++) {
		for (struct json_iter it = json_iter(json_get(root, lists[i].list));
			json_next_item(&it);) {
			const struct json_node *const file =
				lists[i].member ? json_get(it.value, lists[i].member) : it.value;

			if (json_is(file, JSON_STRING))
				(*out)[count++] = arena_printf(arena, "%.*s%.*s", STR_ARG(folder),
					STR_ARG(json_str(arena, file)))
							  .at;
		}
	}
	return count;
}

size_t kustomization_patches(struct arena *arena, const char *path, const char ***out)
{
	return files_of(arena, path, PATCHES, ARRAY_LEN(PATCHES), out);
}

size_t kustomization_resources(struct arena *arena, const char *path, const char ***out)
{
	return files_of(arena, path, RESOURCES, ARRAY_LEN(RESOURCES), out);
}
