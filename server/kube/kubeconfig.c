#include "server/kube/kubeconfig.h"

#include <string.h>

#include "base/file.h"
#include "server/kube/kubeconfig_user.h"

enum { FILE_LIMIT = 4 * 1024 * 1024 };

static const struct yaml_limits LIMITS = {
	.bytes = FILE_LIMIT, .depth = 64, .nodes = 1 << 20, .expanded = 1 << 16};

struct kubeconfig {
	struct arena *arena; /* of the texts; gone when the context is read */
	struct kubeconfig_file *files;
	size_t count;
};

/* A section of the file: a list of {name, SINGULAR: {…}}. */
struct section {
	const char *list, *singular;
};

static const struct section CONTEXTS = {"contexts", "context"};
static const struct section CLUSTERS = {"clusters", "cluster"};
static const struct section USERS = {"users", "user"};

static const char *folder_of(struct arena *arena, const char *path)
{
	const char *const slash = strrchr(path, '/');

	if (slash == NULL)
		return ".";
	return arena_str(arena, (struct str){path, (size_t)(slash - path)}).at;
}

/* Editors of Windows put one in front. */
static struct str without_mark(struct str text)
{
	static const char MARK[] = "\xEF\xBB\xBF";

	return str_starts(text, MARK) ? str_from_offset(text, strlen(MARK)) : text;
}

static bool load_file(struct kubeconfig *all, const char *path, struct err *err)
{
	CLEANUP(buf_done) struct buf text = {0};
	struct kubeconfig_file file = {.path = path, .folder = folder_of(all->arena, path)};

	if (!file_load(path, FILE_LIMIT, &text, err))
		return err_wrap(err, "kubeconfig");
	/* An empty one is a kubeconfig without entries. */
	if (str_trim(buf_str(&text)).len == 0)
		buf_add_cstr(&text, "{}");
	if (!yaml_read(all->arena, arena_str(all->arena, without_mark(buf_str(&text))), &LIMITS,
		    &file.doc, err))
		return err_wrap(err, "kubeconfig '%.100s'", path);
	if (!json_is(file.doc.json.root, JSON_OBJECT))
		return err_set(err, ERR_INVALID, "kubeconfig '%.150s' is not a mapping", path);
	all->files[all->count++] = file;
	return true;
}

static bool load_files(
	struct kubeconfig *all, const struct kubeconfig_request *request, struct err *err)
{
	all->files = arena_array(all->arena, request->count + 1, sizeof(*all->files));
	for (size_t i = 0; i < request->count; i++) {
		if (load_file(all, request->paths[i], err))
			continue;
		if (request->must_exist || err->code != ERR_NOT_FOUND)
			return false;
	}
	return all->count > 0;
}

/* False when the file is wrong; entry->object is NULL when it has none of this name. */
static bool find_in_file(const struct section *section, struct str name,
	struct kubeconfig_entry *entry, struct err *err)
{
	const struct json_node *const list = json_get(entry->file->doc.json.root, section->list);

	entry->object = list;
	if (json_present(list) && !json_is(list, JSON_ARRAY))
		return kubeconfig_fail(entry, list, err, "%s must be a list", section->list);
	entry->object = NULL;
	for (struct json_iter it = json_iter(list); json_next_item(&it);) {
		if (!json_str_is(json_get(it.value, "name"), name))
			continue;
		if (entry->object)
			return kubeconfig_fail(entry, it.value, err, "it stands there twice");
		entry->object = json_get(it.value, section->singular);
		if (!json_is(entry->object, JSON_OBJECT)) {
			entry->object = it.value;
			return kubeconfig_fail(
				entry, it.value, err, "it has no %s", section->singular);
		}
	}
	return true;
}

static bool find(const struct kubeconfig *all, const struct section *section, struct str name,
	struct kubeconfig_entry *entry, struct err *err)
{
	entry->what = arena_printf(entry->arena, "%s '%.*s'", section->singular, STR_ARG(name)).at;
	for (size_t i = 0; i < all->count; i++) {
		entry->file = &all->files[i];
		if (!find_in_file(section, name, entry, err))
			return false;
		if (entry->object)
			return true;
	}
	return err_set(err, ERR_NOT_FOUND, "kubeconfig '%.100s'%s has no %s", all->files[0].path,
		all->count > 1 ? " and the others" : "", entry->what);
}

/* The first file that says it has the say. */
static struct str current_context(const struct kubeconfig *all, struct arena *arena)
{
	for (size_t i = 0; i < all->count; i++) {
		const struct str name =
			json_str(arena, json_get(all->files[i].doc.json.root, "current-context"));

		if (name.len)
			return name;
	}
	return (struct str){"", 0};
}

struct context {
	const char *cluster, *user, *namespace;
};

static const struct kubeconfig_field CONTEXT[] = {
	{"cluster", KUBECONFIG_TEXT, offsetof(struct context, cluster)},
	{"user", KUBECONFIG_TEXT, offsetof(struct context, user)},
	{"namespace", KUBECONFIG_TEXT, offsetof(struct context, namespace)},
};

static bool read_context(
	const struct kubeconfig *all, struct str name, struct kube_config *config, struct err *err)
{
	struct kubeconfig_entry entry = {.arena = &config->arena};
	struct context context = {0};

	if (!find(all, &CONTEXTS, name, &entry, err) ||
		!kubeconfig_fields_read(&entry, CONTEXT, ARRAY_LEN(CONTEXT), &context, err))
		return false;
	if (context.cluster == NULL)
		return kubeconfig_fail(&entry, NULL, err, "it names no cluster");
	config->origin = arena_str(&config->arena, name).at;
	config->namespace = context.namespace ? context.namespace : "default";
	if (!find(all, &CLUSTERS, str_from(context.cluster), &entry, err) ||
		!kubeconfig_cluster(&entry, config, err))
		return false;
	if (context.user == NULL)
		return true;
	return find(all, &USERS, str_from(context.user), &entry, err) &&
	       kubeconfig_user(&entry, config, err);
}

bool kubeconfig_read(
	const struct kubeconfig_request *request, struct kube_config *config, struct err *err)
{
	struct arena texts CLEANUP(arena_done) = {0};
	struct kubeconfig all = {.arena = &texts};

	arena_init(&texts, 16384);
	if (!load_files(&all, request, err))
		return false;
	const struct str name =
		request->context ? str_from(request->context) : current_context(&all, &texts);

	if (name.len == 0)
		return err_set(err, ERR_INVALID,
			"kubeconfig '%.100s' has no current-context; choose one with --context",
			all.files[0].path);
	return read_context(&all, name, config, err);
}
