/*
 * A watch over TLS, read by one core: events of a RayCluster, decoded into what a cache keeps of
 * them, against the same bytes taken off the wire and dropped. The API server is a process of its
 * own; the CPU time is ours alone.
 */
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"
#include "server/kube/reflector.h"
#include "tests/support/api_server_kit.h"
#include "tests/support/files.h"

enum { ROUNDS = 7, MEGABYTES = 100, GATE = 250, AIM = 400 };

static const struct kube_resource CLUSTERS = {"ray.io", "v1", "rayclusters", false};

static void die(const char *what, const char *why)
{
	fprintf(stderr, "bench_watch: %s: %s\n", what, why);
	exit(2);
}

/* A line of a watch, made of the object of a review that a real API server sent. */
static struct str make_line(struct arena *arena)
{
	static const struct json_limits LIMITS = {.bytes = 1 << 20, .depth = 64, .nodes = 100000};
	CLEANUP(buf_done) struct buf text = {0};
	struct json_doc doc;
	struct err err;

	if (!files_read("tests/bench/data/update-12k.json", &text, &err) ||
		!json_read(arena, buf_str(&text), &LIMITS, &doc, &err))
		die("data", err.text);
	const struct str object = json_raw(json_get(json_get(doc.root, "request"), "object"));

	return arena_printf(arena, "{\"type\":\"MODIFIED\",\"object\":%.*s}\n", STR_ARG(object));
}

struct place {
	char url[64], ca[4096];
};

/* In the child: a list of nothing, then a watch of many events, and again for the plain reading. */
static void serve(int tell, struct str line, size_t lines)
{
	static const char LIST[] = "{\"metadata\":{\"resourceVersion\":\"1\"},\"items\":[]}";
	static struct api_step steps[3 * ROUNDS];
	struct buf stream = {0};
	struct place place = {0};

	for (size_t i = 0; i < lines; i++)
		buf_add(&stream, line);
	buf_add_char(&stream, '\0');
	for (size_t i = 0; i < ARRAY_LEN(steps); i++)
		steps[i] = (struct api_step){.expect = "GET *",
			.reply = i % 3 == 0 ? LIST : stream.at,
			.piece = i % 3 == 0 ? 0 : line.len,
			.hold = i % 3 == 1};
	struct api_server *const server = api_server_start(steps, ARRAY_LEN(steps), true);

	snprintf(place.url, sizeof(place.url), "%s", api_server_url(server));
	snprintf(place.ca, sizeof(place.ca), "%s", api_server_ca(server));
	if (write(tell, &place, sizeof(place)) != sizeof(place))
		exit(2);
	for (;;)
		pause();
}

static double cpu_seconds(void)
{
	struct timespec t;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

/* What a cache would keep, and when all has come. */
struct reader {
	size_t left;
	double from, to;
	uint64_t names;
	int64_t replicas;
	pthread_mutex_t mutex;
	pthread_cond_t done;
};

static void take_object(void *context, const struct json_node *object, struct arena *arena)
{
	struct reader *const reader = context;
	const struct json_node *const meta = json_get(object, "metadata");
	const struct json_node *const groups =
		json_get(json_get(object, "spec"), "workerGroupSpecs");

	reader->names ^= str_hash(json_str(arena, json_get(meta, "name"))) ^
			 str_hash(json_str(arena, json_get(meta, "uid")));
	for (struct json_iter it = json_iter(groups); json_next_item(&it);) {
		int64_t replicas = 0;

		json_i64(json_get(it.value, "replicas"), &replicas);
		reader->replicas += replicas;
	}
	if (--reader->left)
		return;
	pthread_mutex_lock(&reader->mutex);
	reader->to = cpu_seconds();
	pthread_cond_signal(&reader->done);
	pthread_mutex_unlock(&reader->mutex);
}

static void take_gone(void *context, struct str namespace, struct str name)
{
	(void)context;
	die("gone", arena_str(&(struct arena){.block_size = 512}, name).at);
	(void)namespace;
}

static void note_synced(void *context)
{
	struct reader *const reader = context;

	reader->from = cpu_seconds();
}

static void note_trouble(void *context, const struct err *err)
{
	(void)context;
	if (err)
		die("watch", err->text);
}

static double read_decoded(struct kube_client *client, size_t lines)
{
	struct reader reader = {.left = lines,
		.mutex = PTHREAD_MUTEX_INITIALIZER,
		.done = PTHREAD_COND_INITIALIZER};
	const struct kube_reflector_options options = {
		.client = client,
		.resource = &CLUSTERS,
		.handler = {&reader, take_object, take_gone, note_synced, note_trouble},
	};
	struct kube_reflector *reflector = NULL;
	struct err err;

	if (!kube_reflector_start(&options, &reflector, &err))
		die("start", err.text);
	pthread_mutex_lock(&reader.mutex);
	while (reader.to == 0)
		pthread_cond_wait(&reader.done, &reader.mutex);
	pthread_mutex_unlock(&reader.mutex);
	kube_reflector_stop(&reflector);
	return reader.to - reader.from;
}

static bool drop(void *context, struct str piece)
{
	size_t *const bytes = context;

	*bytes += piece.len;
	return true;
}

static double read_plain(struct kube_client *client, size_t wanted)
{
	CLEANUP(kube_reply_done) struct kube_reply reply = {0};
	size_t bytes = 0;
	const struct kube_call call = {
		.verb = KUBE_WATCH,
		.at = {.resource = &CLUSTERS},
		.piece = drop,
		.context = &bytes,
		.patience = 100 * CLOCK_SECOND,
	};
	const double from = cpu_seconds();
	struct err err;

	if (!kube_call(client, &call, &reply, &err) || bytes != wanted)
		die("plain", err.text);
	return cpu_seconds() - from;
}

static int by_value(const void *a, const void *b)
{
	const double x = *(const double *)a;
	const double y = *(const double *)b;

	return (x > y) - (x < y);
}

static bool measure(struct kube_client *client, struct str line, size_t lines)
{
	const double megabytes = (double)(line.len * lines) / 1e6;
	double speed[ROUNDS], ratio[ROUNDS];

	for (int i = 0; i < ROUNDS; i++) {
		const double decoded = read_decoded(client, lines);

		speed[i] = megabytes / decoded;
		ratio[i] = decoded / read_plain(client, line.len * lines);
	}
	qsort(speed, ROUNDS, sizeof(*speed), by_value);
	qsort(ratio, ROUNDS, sizeof(*ratio), by_value);
	const double median = speed[ROUNDS / 2];

	printf("watch over TLS, events of %zu bytes: %.0f MB/s of one core (min %.0f, max %.0f; "
	       "gate "
	       "%d, aim %d), %.2fx of the bytes alone%s\n",
		line.len, median, speed[0], speed[ROUNDS - 1], GATE, AIM, ratio[ROUNDS / 2],
		median < GATE ? "  TOO SLOW" : "");
	return median >= GATE;
}

int main(void)
{
	struct kube_config config = {.origin = "bench"};
	struct place place;
	struct arena arena;
	int ends[2];

	signal(SIGPIPE, SIG_IGN);
	arena_init(&arena, 65536);
	const struct str line = make_line(&arena);
	const size_t lines = MEGABYTES * 1000 * 1000 / line.len;

	if (pipe(ends) != 0)
		die("pipe", "none");
	const pid_t child = fork();

	if (child == 0)
		serve(ends[1], line, lines);
	if (child < 0 || read(ends[0], &place, sizeof(place)) != sizeof(place))
		die("server", "it does not start");
	config.server = place.url;
	config.ca.text = place.ca;
	struct kube_client *client = kube_client_new(
		&(struct kube_client_options){.transport = kube_transport_new(&config, "bench")});
	const bool fast = measure(client, line, lines);

	kube_client_free(&client);
	kill(child, SIGKILL);
	waitpid(child, NULL, 0);
	arena_done(&arena);
	return fast ? 0 : 1;
}
