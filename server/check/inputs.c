#include "server/check/inputs.h"

#include <dirent.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "server/check/kustomization.h"

static void push(struct arena *arena, struct inputs *in, const char *path)
{
	if (in->count == in->room) {
		const size_t room = in->room ? in->room * 2 : 16;

		in->paths = arena_grow(
			arena, in->paths, in->room * sizeof(*in->paths), room * sizeof(*in->paths));
		in->room = room;
	}
	in->paths[in->count++] = path;
}

static bool is_manifest(struct str name)
{
	return str_ends(name, ".yaml") || str_ends(name, ".yml") || str_ends(name, ".json");
}

static int by_bytes(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static bool is_folder(const char *path)
{
	struct stat info;

	return strcmp(path, "-") != 0 && stat(path, &info) == 0 && S_ISDIR(info.st_mode);
}

/* What cannot be looked at is a file, until it is read: then it is said why not. */
static bool is_file(const char *path)
{
	struct stat info;

	return stat(path, &info) != 0 || S_ISREG(info.st_mode);
}

static bool is_link(const char *path)
{
	struct stat info;

	return lstat(path, &info) == 0 && S_ISLNK(info.st_mode);
}

static bool walk(struct arena *arena, struct inputs *in, const char *path, struct err *err);

static bool add_entry(struct arena *arena, struct inputs *in, const char *path, struct err *err)
{
	if (!is_folder(path)) {
		if ((is_manifest(str_from(path)) || kustomization_is(path)) && is_file(path))
			push(arena, in, path);
	} else if (in->recursive && !is_link(path)) {
		return walk(arena, in, path, err) || err_wrap(err, "'%s'", path);
	} else {
		in->passed_over++;
	}
	return true;
}

/* What is hidden is not for us. */
static bool walk(struct arena *arena, struct inputs *in, const char *path, struct err *err)
{
	const size_t length = strlen(path);
	const char *const slash = length && path[length - 1] == '/' ? "" : "/";
	DIR *const dir = opendir(path);
	bool good = true;

	if (dir == NULL)
		return err_errno(err, "cannot be read");
	for (const struct dirent *entry; good && (entry = readdir(dir)) != NULL;) {
		if (entry->d_name[0] != '.')
			good = add_entry(arena, in,
				arena_printf(arena, "%s%s%s", path, slash, entry->d_name).at, err);
	}
	closedir(dir);
	return good;
}

/* Files that kustomizations name, by what the system knows. */
struct named {
	struct stat *files;
	size_t count;
};

/* Whether there are any. */
static bool add_named(
	struct arena *arena, struct named *all, const char *const *paths, size_t count)
{
	const size_t before = all->count;

	all->files = arena_grow(arena, all->files, all->count * sizeof(*all->files),
		(all->count + count) * sizeof(*all->files));
	for (size_t i = 0; i < count; i++) {
		if (stat(paths[i], &all->files[all->count]) == 0)
			all->count++;
	}
	return all->count > before;
}

static bool is_named(const struct named *all, const char *path)
{
	struct stat info;

	if (all->count == 0 || stat(path, &info) != 0)
		return false;
	for (size_t i = 0; i < all->count; i++) {
		if (all->files[i].st_dev == info.st_dev && all->files[i].st_ino == info.st_ino)
			return true;
	}
	return false;
}

static void note_kustomization(struct inputs *in, const char *path, bool to_be_told)
{
	if (in->kustomizations++ == 0 || to_be_told)
		in->kustomization = path;
}

/* What one kustomization patches with and another one (or the same) has is an object all the same.
 */
static void drop_patches(struct arena *arena, struct inputs *in, size_t first)
{
	struct named patches = {0}, resources = {0};
	size_t kept = first;

	for (size_t i = first; i < in->count; i++) {
		const char *const path = in->paths[i];
		const bool patched = patches.count > 0;
		const char **names;

		if (!kustomization_is(path))
			continue;
		const size_t count = kustomization_patches(arena, path, &names);
		const bool patches_now = add_named(arena, &patches, names, count);

		note_kustomization(in, path, patches_now && !patched);
		const size_t more = kustomization_resources(arena, path, &names);

		add_named(arena, &resources, names, more);
	}
	for (size_t i = first; i < in->count; i++) {
		if (!is_named(&patches, in->paths[i]) || is_named(&resources, in->paths[i]))
			in->paths[kept++] = in->paths[i];
	}
	in->patches += in->count - kept;
	in->count = kept;
}

static bool add_folder(struct arena *arena, struct inputs *in, const char *path, struct err *err)
{
	const size_t first = in->count;

	if (!walk(arena, in, path, err))
		return false;
	if (in->count == first)
		return err_set(err, ERR_NOT_FOUND, "holds no *.yaml, *.yml or *.json%s",
			in->passed_over ? "; -R looks into the folders within it, too" : "");
	qsort(in->paths + first, in->count - first, sizeof(*in->paths), by_bytes);
	drop_patches(arena, in, first);
	return true;
}

bool inputs_add(struct arena *arena, struct inputs *in, const char *path, struct err *err)
{
	if (is_folder(path))
		return add_folder(arena, in, path, err);
	push(arena, in, path);
	if (kustomization_is(path))
		note_kustomization(in, path, false);
	return true;
}
