#include "base/file.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"

#define SOON   CLOCK_SECOND
#define NO_END INT64_MAX

/* A file that is being read, until clock_now() is `deadline`. */
struct reading {
	const char *name;
	int fd;
	bool regular; /* never kept waiting for a writer */
	int64_t deadline;
};

/* Until there is something to read, or the end of it. */
static bool await_patiently(const struct reading *r)
{
	struct pollfd fd = {.fd = r->fd, .events = POLLIN};
	sigset_t signals;

	pthread_sigmask(SIG_SETMASK, NULL, &signals);
	sigdelset(&signals, SIGINT);
	sigdelset(&signals, SIGTERM);
	return ppoll(&fd, 1, NULL, &signals) >= 0 || errno == EINTR;
}

static bool await(const struct reading *r, struct err *err)
{
	struct pollfd fd = {.fd = r->fd, .events = POLLIN};

	if (r->regular)
		return true;
	if (r->deadline == NO_END)
		return await_patiently(r) || err_errno(err, "read '%s'", r->name);
	const int64_t left = r->deadline - clock_now();
	const int ready = left > 0 ? poll(&fd, 1, (int)(left / CLOCK_MILLISECOND)) : 0;

	if (ready > 0 || (ready < 0 && errno == EINTR))
		return true;
	return err_set(err, ERR_UNAVAILABLE,
		"'%s' is no regular file, and it keeps whoever reads it waiting", r->name);
}

static bool read_all(const struct reading *r, size_t limit, struct buf *out, struct err *err)
{
	for (;;) {
		char *const at = buf_reserve(out, 65536);

		if (!await(r, err))
			return false;
		const ssize_t got = read(r->fd, at, 65536);

		if (got < 0 && (errno == EINTR || errno == EAGAIN))
			continue;
		if (got < 0)
			return err_errno(err, "read '%s'", r->name);
		if (got == 0)
			return true;
		out->len += (size_t)got;
		if (out->len > limit)
			return err_set(
				err, ERR_TOO_LARGE, "'%s' has more than %zu bytes", r->name, limit);
	}
}

static bool load(const char *path, int64_t deadline, size_t limit, struct buf *out, struct err *err)
{
	const bool standard = str_is(str_from(path), "-");
	struct reading r = {.name = standard ? "standard input" : path, .deadline = deadline};
	struct stat info;

	/* Without O_NONBLOCK, opening a named pipe would wait for a writer for ever. */
	r.fd = standard ? STDIN_FILENO : open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	if (r.fd < 0)
		return err_errno(err, "open '%s'", r.name);
	r.regular = fstat(r.fd, &info) == 0 && S_ISREG(info.st_mode);
	const bool ok = read_all(&r, limit, out, err);

	if (!standard)
		close(r.fd);
	return ok;
}

bool file_load(const char *path, size_t limit, struct buf *out, struct err *err)
{
	return load(path, NO_END, limit, out, err);
}

static bool keep(struct arena *arena, const struct buf *text, struct str *out)
{
	*out = arena_str(arena, buf_str(text));
	return true;
}

bool file_read(struct arena *arena, struct str path, size_t limit, struct str *out, struct err *err)
{
	CLEANUP(buf_done) struct buf text = {0};

	return load(arena_str(arena, path).at, NO_END, limit, &text, err) &&
	       keep(arena, &text, out);
}

bool file_read_soon(
	struct arena *arena, struct str path, size_t limit, struct str *out, struct err *err)
{
	CLEANUP(buf_done) struct buf text = {0};

	return load(arena_str(arena, path).at, clock_now() + SOON, limit, &text, err) &&
	       keep(arena, &text, out);
}
