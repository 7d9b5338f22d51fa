#include "server/check/inputs.h"

#include <dirent.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

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

static bool is_link(const char *path)
{
	struct stat info;

	return lstat(path, &info) == 0 && S_ISLNK(info.st_mode);
}

static bool walk(struct arena *arena, struct inputs *in, const char *path, struct err *err);

static bool add_entry(struct arena *arena, struct inputs *in, const char *path, struct err *err)
{
	if (!is_folder(path)) {
		if (is_manifest(str_from(path)))
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

static bool add_folder(struct arena *arena, struct inputs *in, const char *path, struct err *err)
{
	const size_t first = in->count;

	if (!walk(arena, in, path, err))
		return false;
	if (in->count == first)
		return err_set(err, ERR_NOT_FOUND, "holds no *.yaml, *.yml or *.json%s",
			in->passed_over ? "; -R looks into the folders within it, too" : "");
	qsort(in->paths + first, in->count - first, sizeof(*in->paths), by_bytes);
	return true;
}

bool inputs_add(struct arena *arena, struct inputs *in, const char *path, struct err *err)
{
	if (is_folder(path))
		return add_folder(arena, in, path, err);
	push(arena, in, path);
	return true;
}
