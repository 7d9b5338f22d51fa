#include "certs/folder.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/mem.h"

enum { PIECE = 4096 /* read at once: a certificate or a key is seldom larger */ };

static void fd_close(int *fd)
{
	if (*fd >= 0)
		close(*fd);
	*fd = -1;
}

bool folder_open(const char *path, int *fd, struct err *err)
{
	const int dir = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	if (dir < 0)
		return err_errno(err, "directory '%s'", path);
	const int data = openat(dir, "..data", O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	if (data >= 0)
		close(dir);
	*fd = data >= 0 ? data : dir;
	return true;
}

bool folder_read_fd(int fd, size_t limit, struct buf *out, struct err *err)
{
	const size_t before = out->len;

	for (;;) {
		const size_t left = limit + 1 - (out->len - before);
		const size_t want = left < PIECE ? left : PIECE;
		const ssize_t got = read(fd, buf_reserve(out, want), want);

		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			return err_errno(err, "read");
		if (got == 0)
			return true;
		out->len += (size_t)got;
		if (out->len - before > limit)
			return err_set(err, ERR_TOO_LARGE, "is larger than %zu bytes", limit);
	}
}

bool folder_read(int dir, const char *name, size_t limit, struct buf *out, struct err *err)
{
	/* Without O_NONBLOCK, opening a named pipe would wait for a writer for ever. */
	int fd CLEANUP(fd_close) = openat(dir, name, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	struct stat stat;

	if (fd < 0)
		return err_errno(err, "'%s'", name);
	if (fstat(fd, &stat) != 0 || !S_ISREG(stat.st_mode))
		return err_set(err, ERR_INVALID, "'%s' is not a regular file", name);
	return folder_read_fd(fd, limit, out, err) || err_wrap(err, "'%s'", name);
}

bool folder_has(int dir, const char *name)
{
	struct stat stat;

	return fstatat(dir, name, &stat, AT_SYMLINK_NOFOLLOW) == 0;
}

bool folder_make(const char *path, struct err *err)
{
	char *prefix CLEANUP(mem_free) = mem_strdup(path);

	for (char *at = prefix + 1; *prefix && *at; at++) {
		if (*at != '/')
			continue;
		*at = '\0';
		if (mkdir(prefix, 0700) != 0 && errno != EEXIST)
			return err_errno(err, "make directory '%s'", prefix);
		*at = '/';
	}
	if (mkdir(path, 0700) != 0 && errno != EEXIST)
		return err_errno(err, "make directory '%s'", path);
	return true;
}

static bool write_all(int fd, const char *text)
{
	size_t left = strlen(text);

	while (left > 0) {
		const ssize_t put = write(fd, text, left);

		if (put < 0 && errno != EINTR)
			return false;
		if (put > 0) {
			text += put;
			left -= (size_t)put;
		}
	}
	return true;
}

static bool write_temporary(int fd, const char *text, enum folder_secrecy secrecy)
{
	/* mkostemp made it 0600; the public ones are opened up last. */
	return write_all(fd, text) && (secrecy == FOLDER_SECRET || fchmod(fd, 0644) == 0) &&
	       fsync(fd) == 0;
}

bool folder_write(const char *path, const char *name, const char *text, enum folder_secrecy secrecy,
	struct err *err)
{
	struct buf target = {0}, temporary = {0};

	buf_printf(&target, "%s/%s", path, name);
	buf_printf(&temporary, "%s/.%s.XXXXXX", path, name);
	char *to CLEANUP(mem_free) = buf_take(&target);
	char *from CLEANUP(mem_free) = buf_take(&temporary);
	int fd CLEANUP(fd_close) = mkostemp(from, O_CLOEXEC);

	if (fd < 0)
		return err_errno(err, "write into '%s'", path);
	if (write_temporary(fd, text, secrecy) && rename(from, to) == 0)
		return true;
	err_errno(err, "write '%s'", to);
	unlink(from);
	return false;
}
