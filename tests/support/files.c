#include "tests/support/files.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

const char *files_path(struct arena *arena, const char *name)
{
	const char *const root = getenv("RAYGATE_ROOT");

	return arena_printf(arena, "%s/%s", root ? root : ".", name).at;
}

bool files_read_path(const char *path, struct buf *out, struct err *err)
{
	FILE *const file = fopen(path, "rb");
	size_t got;

	if (file == NULL)
		return err_errno(err, "open '%s'", path);
	do {
		got = fread(buf_reserve(out, 65536), 1, 65536, file);
		out->len += got;
	} while (got > 0);
	const bool failed = ferror(file);

	fclose(file);
	return failed ? err_set(err, ERR_IO, "cannot read '%s'", path) : true;
}

bool files_read(const char *name, struct buf *out, struct err *err)
{
	struct arena arena;

	arena_init(&arena, 4096);
	const bool read = files_read_path(files_path(&arena, name), out, err);

	arena_done(&arena);
	return read;
}

static bool write_path(const char *path, struct str content, struct err *err)
{
	FILE *const file = fopen(path, "wb");

	if (file == NULL)
		return err_errno(err, "open '%s'", path);
	const bool whole = fwrite(content.at, 1, content.len, file) == content.len;

	if (fclose(file) != 0 || !whole)
		return err_errno(err, "write '%s'", path);
	return true;
}

bool files_write(const char *name, struct str content, struct err *err)
{
	struct arena arena;

	arena_init(&arena, 4096);
	const bool written = write_path(files_path(&arena, name), content, err);

	arena_done(&arena);
	return written;
}

static int by_bytes(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

struct files_list files_in(struct arena *arena, const char *folder)
{
	struct files_list list = {0};
	DIR *const dir = opendir(files_path(arena, folder));
	size_t room = 0;

	for (const struct dirent *entry; dir && (entry = readdir(dir)) != NULL;) {
		if (entry->d_name[0] == '.')
			continue;
		if (list.count == room) {
			const size_t more = room ? room * 2 : 16;

			list.names = arena_grow(arena, list.names, room * sizeof(*list.names),
				more * sizeof(*list.names));
			room = more;
		}
		list.names[list.count++] = arena_str(arena, str_from(entry->d_name)).at;
	}
	if (dir)
		closedir(dir);
	if (list.count)
		qsort(list.names, list.count, sizeof(*list.names), by_bytes);
	return list;
}
