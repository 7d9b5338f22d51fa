/*
 * Any bytes as a watch's stream: no crash; the same events in whatever pieces it comes; and each
 * event has what those who read it rely on.
 */
#include <assert.h>
#include <stddef.h>
#include <stdint.h>

#include "server/kube/lines.h"
#include "server/kube/watch_event.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { LINE_LIMIT = 4096 };

static const struct json_place SKIP[] = {
	{3, "managedFields"},
	{0, NULL},
};

/* What a stream came to. */
struct sum {
	size_t lines;
	uint64_t hash;
};

static bool take(void *context, struct str line)
{
	struct sum *const sum = context;
	struct kube_watch_event event;
	struct arena arena;
	struct err err = {0};

	arena_init(&arena, 4096);
	assert(line.len && line.len <= LINE_LIMIT && str_find(line, '\n') == line.len);
	sum->lines++;
	sum->hash = sum->hash * 31 + str_hash(line);
	if (!kube_watch_event_read(line, SKIP, &arena, &event, &err))
		assert(err.text[0]);
	else if (event.type != KUBE_WATCH_ERROR)
		assert(event.version.len && (event.name.len || event.type == KUBE_WATCH_BOOKMARK));
	else
		assert(!kube_status_err(&event.error, &err) && err.text[0]);
	arena_done(&arena);
	return true;
}

static bool feed(struct str bytes, size_t piece, struct sum *sum)
{
	struct kube_lines lines CLEANUP(kube_lines_done) = {.limit = LINE_LIMIT};

	while (bytes.len) {
		const size_t len = bytes.len < piece ? bytes.len : piece;

		if (!kube_lines_take(&lines, (struct str){bytes.at, len}, take, sum))
			return false;
		bytes = str_from_offset(bytes, len);
	}
	return true;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	if (size == 0)
		return 0;
	const struct str bytes = {(const char *)data + 1, size - 1};
	struct sum whole = {0}, pieces = {0};
	const bool good = feed(bytes, bytes.len, &whole);

	assert(feed(bytes, 1 + data[0] % 64, &pieces) == good);
	assert(whole.lines == pieces.lines && whole.hash == pieces.hash);
	return 0;
}
