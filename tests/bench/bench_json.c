/*
 * json_read against cJSON's parser on the same texts, in turns in one run: CPU time is compared,
 * since a wall clock on a shared machine says nothing. Each file named is one document. cJSON
 * may be included here besides its one home in the product, because it is the yardstick.
 */
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include <cjson/cJSON.h>

#include "base/buf.h"
#include "base/json_read.h"

enum { ROUNDS = 31, ROUND_BYTES = 2000000, DOCUMENTS = 64 };

static const double GATE = 6;
static const struct json_limits LIMITS = {.bytes = 64 << 20, .depth = 256, .nodes = 16 << 20};

struct documents {
	struct buf at[DOCUMENTS];
	size_t count;
	size_t bytes;
};

static void *must(void *result, const char *name)
{
	if (result == NULL) {
		fprintf(stderr, "%s: refused\n", name);
		exit(2);
	}
	return result;
}

static void load(const char *name, struct buf *text)
{
	FILE *const file = must(fopen(name, "re"), name);
	size_t got;

	do {
		got = fread(buf_reserve(text, 65536), 1, 65536, file);
		text->len += got;
	} while (got);
	fclose(file);
}

static void read_ours(struct arena *arena, const struct documents *documents)
{
	struct json_doc doc;
	struct err err;

	for (size_t i = 0; i < documents->count; i++) {
		if (!json_read(arena, buf_str(&documents->at[i]), &LIMITS, &doc, &err))
			must(NULL, err.text);
		arena_reset(arena);
	}
}

static void read_theirs(struct arena *arena, const struct documents *documents)
{
	(void)arena;
	for (size_t i = 0; i < documents->count; i++) {
		const struct buf *const text = &documents->at[i];

		cJSON_Delete(must(cJSON_ParseWithLength(text->at, text->len), "cJSON"));
	}
}

typedef void reader_fn(struct arena *arena, const struct documents *documents);

/* Nanoseconds of CPU for each byte. */
static double measure(reader_fn *read, struct arena *arena, const struct documents *documents)
{
	const size_t times = ROUND_BYTES / documents->bytes + 1;
	struct timespec from, to;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &from);
	for (size_t i = 0; i < times; i++)
		read(arena, documents);
	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &to);
	const double spent =
		(double)(to.tv_sec - from.tv_sec) * 1e9 + (double)(to.tv_nsec - from.tv_nsec);

	return spent / (double)(times * documents->bytes);
}

static int compare(const void *left, const void *right)
{
	const double a = *(const double *)left, b = *(const double *)right;

	return (a > b) - (a < b);
}

static double median(double values[ROUNDS])
{
	qsort(values, ROUNDS, sizeof(values[0]), compare);
	return values[ROUNDS / 2];
}

int main(int count, char **names)
{
	static struct documents documents;
	double ours[ROUNDS], theirs[ROUNDS], ratios[ROUNDS];
	struct arena arena;

	if (count < 2 || count > DOCUMENTS) {
		fprintf(stderr, "usage: %s FILE.json…\n", names[0]);
		return 2;
	}
	for (int i = 1; i < count; i++) {
		struct buf *const text = &documents.at[documents.count++];

		load(names[i], text);
		documents.bytes += text->len;
	}
	arena_init(&arena, 64 << 10);
	for (size_t i = 0; i < ROUNDS; i++) {
		ours[i] = measure(read_ours, &arena, &documents);
		theirs[i] = measure(read_theirs, &arena, &documents);
		ratios[i] = theirs[i] / ours[i];
	}
	const double ratio = median(ratios);

	printf("reader against cJSON parse  %.1fx (gate %.0fx)  ours %.0f MB/s, cJSON %.0f MB/s\n",
		ratio, GATE, 1e3 / median(ours), 1e3 / median(theirs));
	arena_done(&arena);
	for (size_t i = 0; i < documents.count; i++)
		buf_done(&documents.at[i]);
	return ratio < GATE;
}
