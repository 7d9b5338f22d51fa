/*
 * Small files of a certificate directory: read with a limit, written whole or not at all.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "base/attr.h"
#include "base/buf.h"
#include "base/err.h"
#include "base/str.h"

/*
 * Opens the directory to read from. Where kubelet or a CSI driver mounted it, that is what its
 * `..data` points to at this moment, so that files read through it belong together. close() it.
 */
MUST_CHECK bool folder_open(const char *path, int *fd, struct err *err);

/* Adds the bytes of a regular file (or a link to one); a pipe or a device is refused unread. */
MUST_CHECK bool folder_read(
	int dir, const char *name, size_t limit, struct buf *out, struct err *err);
/* Adds all that comes from `fd`, also from a pipe. */
MUST_CHECK bool folder_read_fd(int fd, size_t limit, struct buf *out, struct err *err);
bool folder_has(int dir, const char *name);

/* Makes the directory and its missing parents, for this user alone. */
MUST_CHECK bool folder_make(const char *path, struct err *err);
enum folder_secrecy { FOLDER_PUBLIC, FOLDER_SECRET };
/*
 * Writes path/name under another name, syncs it, and renames it into place. A secret file is for
 * this user alone from its first byte on.
 */
MUST_CHECK bool folder_write(const char *path, const char *name, const char *text,
	enum folder_secrecy secrecy, struct err *err);
