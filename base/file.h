/* Whole files into memory, bounded. */
#pragma once

#include "base/buf.h"
#include "base/err.h"
#include "base/mem.h"
#include "base/str.h"

/*
 * Reads a file, or standard input for "-", into the arena. ERR_TOO_LARGE when it has more than
 * `limit` bytes, ERR_NOT_FOUND or ERR_IO with the file's name otherwise. Where it is a pipe this
 * waits for whoever writes, however long: SIGINT and SIGTERM end the process meanwhile, also where
 * they are blocked.
 */
bool file_read(struct arena *arena, struct str path, size_t limit, struct str *out,
	struct err *err) MUST_CHECK;
/* The same appended to `out`, without a copy; the caller frees it also on failure. */
bool file_load(const char *path, size_t limit, struct buf *out, struct err *err) MUST_CHECK;
/*
 * The same for who must not be kept, as where signals or requests wait meanwhile: a pipe that is
 * not at its end within a second is ERR_UNAVAILABLE.
 */
bool file_read_soon(struct arena *arena, struct str path, size_t limit, struct str *out,
	struct err *err) MUST_CHECK;
