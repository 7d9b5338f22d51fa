#include "base/file.h"

#include <criterion/criterion.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tests/support/certs_kit.h"

enum { LIMIT = 1000 };

TestSuite(file, .timeout = 60);

static const char *const PIECES[] = {"one ", "two ", "three"};

static void *write_pieces(void *data)
{
	const int fd = open(data, O_WRONLY | O_CLOEXEC);

	for (size_t i = 0; i < ARRAY_LEN(PIECES); i++)
		cr_assert_gt(write(fd, PIECES[i], strlen(PIECES[i])), 0);
	close(fd);
	return NULL;
}

/* As `<(…)` is, and /dev/stdin behind a pipe; one with a name has its writer come late, too. */
Test(file, a_pipe_is_read_to_its_end)
{
	char *folder CLEANUP(kit_folder_done) = kit_folder();
	struct arena arena CLEANUP(arena_done);
	char path[512];
	pthread_t writer;
	struct str text;
	struct err err;

	arena_init(&arena, 4096);
	snprintf(path, sizeof(path), "%s/pipe", folder);
	cr_assert_eq(mkfifo(path, 0600), 0);
	cr_assert_eq(pthread_create(&writer, NULL, write_pieces, path), 0);
	cr_expect(file_read(&arena, str_from(path), LIMIT, &text, &err), "%s", err.text);
	cr_expect(str_is(text, "one two three"), "%.*s", STR_ARG(text));
	pthread_join(writer, NULL);
}

/* The writer's end of it as /dev/fd/N has gone or not: neither is a reason to wait for another. */
Test(file, a_pipe_whose_writer_is_done_is_read_soon)
{
	struct arena arena CLEANUP(arena_done);
	char path[64];
	struct str text;
	struct err err;
	int ends[2];

	arena_init(&arena, 4096);
	cr_assert_eq(pipe(ends), 0);
	cr_assert_eq(write(ends[1], "all", 3), 3);
	close(ends[1]);
	snprintf(path, sizeof(path), "/dev/fd/%d", ends[0]);
	cr_expect(file_read_soon(&arena, str_from(path), LIMIT, &text, &err), "%s", err.text);
	cr_expect(str_is(text, "all"), "%.*s", STR_ARG(text));
	close(ends[0]);
}

Test(file, nobody_is_kept_by_a_pipe_that_nobody_ends)
{
	char *folder CLEANUP(kit_folder_done) = kit_folder();
	struct arena arena CLEANUP(arena_done);
	char path[512];
	struct str text;
	struct err err;

	arena_init(&arena, 4096);
	snprintf(path, sizeof(path), "%s/pipe", folder);
	cr_assert_eq(mkfifo(path, 0600), 0);
	cr_assert_not(file_read_soon(&arena, str_from(path), LIMIT, &text, &err));
	cr_expect_eq(err.code, ERR_UNAVAILABLE);
	cr_expect(str_contains(str_from(err.text), "/pipe' is no regular file"), "%s", err.text);
	const int idle = open(path, O_RDWR | O_CLOEXEC);

	cr_assert_eq(write(idle, "half", 4), 4);
	cr_expect_not(file_read_soon(&arena, str_from(path), LIMIT, &text, &err));
	close(idle);
}

Test(file, a_folder_is_not_read)
{
	struct arena arena CLEANUP(arena_done);
	struct str text;
	struct err err;

	arena_init(&arena, 4096);
	cr_expect_not(file_read(&arena, STR("/"), LIMIT, &text, &err));
	cr_expect_str_eq(err.text, "read '/': Is a directory");
	cr_expect_not(file_read_soon(&arena, STR("/"), LIMIT, &text, &err));
	cr_expect_str_eq(err.text, "read '/': Is a directory");
}
