#include "base/file.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

static bool read_all(int fd, const char *name, size_t limit, struct buf *out, struct err *err)
{
	for (;;) {
		char *const at = buf_reserve(out, 65536);
		const ssize_t got = read(fd, at, 65536);

		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			return err_errno(err, "read '%s'", name);
		if (got == 0)
			return true;
		out->len += (size_t)got;
		if (out->len > limit)
			return err_set(
				err, ERR_TOO_LARGE, "'%s' has more than %zu bytes", name, limit);
	}
}

bool file_load(const char *path, size_t limit, struct buf *out, struct err *err)
{
	const bool standard = str_is(str_from(path), "-");
	const char *const name = standard ? "standard input" : path;
	const int fd = standard ? STDIN_FILENO : open(name, O_RDONLY | O_CLOEXEC);

	if (fd < 0)
		return err_errno(err, "open '%s'", name);
	const bool ok = read_all(fd, name, limit, out, err);

	if (!standard)
		close(fd);
	return ok;
}

bool file_read(struct arena *arena, struct str path, size_t limit, struct str *out, struct err *err)
{
	CLEANUP(buf_done) struct buf text = {0};

	if (!file_load(arena_str(arena, path).at, limit, &text, err))
		return false;
	*out = arena_str(arena, buf_str(&text));
	return true;
}
