/*
 * Files that belong to the tests. Names are relative to the root of the repository: the folder in
 * RAYGATE_ROOT, or the current one.
 */
#pragma once

#include "base/attr.h"
#include "base/buf.h"
#include "base/err.h"
#include "base/mem.h"

/* The path of `name` below the root, in the arena. */
const char *files_path(struct arena *arena, const char *name);

/* Appends the file to `out`, which the caller frees also on failure. */
bool files_read(const char *name, struct buf *out, struct err *err) MUST_CHECK;
/* As files_read with a path as the system takes it. */
bool files_read_path(const char *path, struct buf *out, struct err *err) MUST_CHECK;
/* Replaces the file's content; for tests that rewrite what they expect. */
bool files_write(const char *name, struct str content, struct err *err) MUST_CHECK;

/*
 * The names in a folder below the root, sorted by bytes, dot files left out. They live in the
 * arena; a folder that cannot be read has none.
 */
struct files_list {
	const char **names;
	size_t count;
};
struct files_list files_in(struct arena *arena, const char *folder);
