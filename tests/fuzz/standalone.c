/*
 * Replays files through a fuzzer's entry point with a plain main: every argument is a file or a
 * folder of files. What is not there is skipped, since a fuzzer may have no regressions yet.
 */
#include <errno.h>
#include <fts.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/support/files.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void replay(const char *path)
{
	struct err err;
	struct buf content = {0};

	if (!files_read_path(path, &content, &err)) {
		fprintf(stderr, "%s\n", err.text);
		exit(1);
	}
	/* A copy of the exact size, so that one byte too far is seen. */
	uint8_t *const copy = malloc(content.len ? content.len : 1);

	if (copy == NULL)
		abort();
	if (content.len)
		memcpy(copy, content.at, content.len);
	const int result = LLVMFuzzerTestOneInput(copy, content.len);

	free(copy);
	buf_done(&content);
	if (result != 0) {
		fprintf(stderr, "%s: the fuzzer returned %d\n", path, result);
		exit(1);
	}
}

int main(int count, char **paths)
{
	FTS *const walk = fts_open(paths + (count > 0), FTS_LOGICAL | FTS_NOCHDIR, NULL);
	size_t replayed = 0;

	if (walk == NULL) {
		fprintf(stderr, "usage: %s FILE-OR-FOLDER…\n", paths[0]);
		return 2;
	}
	for (const FTSENT *entry; (entry = fts_read(walk)) != NULL;) {
		if (entry->fts_info == FTS_F) {
			replay(entry->fts_accpath);
			replayed++;
		}
	}
	fts_close(walk);
	printf("  %-24s %zu inputs replayed\n", program_invocation_short_name, replayed);
	return 0;
}
