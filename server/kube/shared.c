#include "server/kube/shared.h"

#include <assert.h>
#include <pthread.h>

#include "base/mem.h"
#include "base/thread.h"

enum {
	LOOK_MS = 1000,           /* how often stops are looked at, should one have no descriptor */
	SLEEP_MS = 60000,         /* else; libcurl has times of its own */
	RECEIVE_BYTES = 4 * 1024, /* each handle has such a buffer */
};

/* What somebody waits for, and frees. */
struct stream {
	struct stream *next;
	CURL *easy;
	struct kube_stop *stop;
	CURLcode code;
	bool done;
};

struct kube_shared {
	CURLM *multi;
	pthread_t thread;
	pthread_mutex_t mutex; /* over what follows */
	pthread_cond_t ended;
	bool runs, stopping;
	struct stream *fresh; /* the thread has not seen them yet */
	/* Of the thread alone. */
	struct stream *streams;
	struct curl_waitfd *stops;
	unsigned room;
};

struct kube_shared *kube_shared_new(void)
{
	struct kube_shared *const shared = mem_alloc(sizeof(*shared));

	shared->multi = curl_multi_init();
	assert(shared->multi);
	pthread_mutex_init(&shared->mutex, NULL);
	pthread_cond_init(&shared->ended, NULL);
	return shared;
}

void kube_shared_free(struct kube_shared **shared)
{
	struct kube_shared *const s = *shared;

	if (s == NULL)
		return;
	pthread_mutex_lock(&s->mutex);
	s->stopping = true;
	pthread_mutex_unlock(&s->mutex);
	curl_multi_wakeup(s->multi);
	if (s->runs)
		pthread_join(s->thread, NULL);
	curl_multi_cleanup(s->multi);
	pthread_cond_destroy(&s->ended);
	pthread_mutex_destroy(&s->mutex);
	mem_free(&s->stops);
	mem_free(shared);
}

void kube_shared_prepare(CURL *easy)
{
	curl_easy_setopt(easy, CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_2TLS);
	/* Whoever comes while the first one connects waits for what the server speaks. */
	curl_easy_setopt(easy, CURLOPT_PIPEWAIT, 1L);
	curl_easy_setopt(easy, CURLOPT_BUFFERSIZE, (long)RECEIVE_BYTES);
}

/* False at the end. */
static bool take_fresh(struct kube_shared *shared)
{
	pthread_mutex_lock(&shared->mutex);
	struct stream *stream = shared->fresh;
	const bool goes_on = !shared->stopping;

	shared->fresh = NULL;
	pthread_mutex_unlock(&shared->mutex);
	for (struct stream *next; stream; stream = next) {
		next = stream->next;
		stream->next = shared->streams;
		shared->streams = stream;
		curl_multi_add_handle(shared->multi, stream->easy);
	}
	return goes_on;
}

/* Afterwards the stream may be no more: its owner goes on. */
static void end(struct kube_shared *shared, struct stream **link, CURLcode code)
{
	struct stream *const stream = *link;

	*link = stream->next;
	curl_multi_remove_handle(shared->multi, stream->easy);
	pthread_mutex_lock(&shared->mutex);
	stream->code = code;
	stream->done = true;
	pthread_cond_broadcast(&shared->ended);
	pthread_mutex_unlock(&shared->mutex);
}

static void end_stopped(struct kube_shared *shared)
{
	for (struct stream **link = &shared->streams; *link;) {
		if (kube_stop_asked((*link)->stop))
			end(shared, link, CURLE_ABORTED_BY_CALLBACK);
		else
			link = &(*link)->next;
	}
}

static struct stream **find(struct kube_shared *shared, const CURL *easy)
{
	struct stream **link = &shared->streams;

	while (*link && (*link)->easy != easy)
		link = &(*link)->next;
	return link;
}

static void end_done(struct kube_shared *shared)
{
	int left;

	for (const CURLMsg *message;
		(message = curl_multi_info_read(shared->multi, &left)) != NULL;) {
		struct stream **const link = find(shared, message->easy_handle);

		if (message->msg == CURLMSG_DONE && *link)
			end(shared, link, message->data.result);
	}
}

/* Until a server, a stop, or somebody who has come says something. */
static void wait_for_news(struct kube_shared *shared)
{
	unsigned count = 0;
	int most = SLEEP_MS;

	for (const struct stream *stream = shared->streams; stream; stream = stream->next) {
		const int fd = kube_stop_fd(stream->stop);

		if (fd < 0) {
			most = LOOK_MS;
			continue;
		}
		if (count == shared->room) {
			shared->room = shared->room ? 2 * shared->room : 16;
			shared->stops =
				mem_resize(shared->stops, shared->room * sizeof(*shared->stops));
		}
		shared->stops[count++] = (struct curl_waitfd){.fd = fd, .events = CURL_WAIT_POLLIN};
	}
	curl_multi_poll(shared->multi, shared->stops, count, most, NULL);
}

static void *run(void *context)
{
	struct kube_shared *const shared = context;
	int running;

	while (take_fresh(shared)) {
		end_stopped(shared);
		curl_multi_perform(shared->multi, &running);
		end_done(shared);
		wait_for_news(shared);
	}
	return NULL;
}

/* Under the mutex. */
static bool has_thread(struct kube_shared *shared)
{
	if (!shared->runs)
		shared->runs = thread_start(&shared->thread, "watches", run, shared);
	return shared->runs;
}

CURLcode kube_shared_run(struct kube_shared *shared, CURL *easy, struct kube_stop *stop)
{
	struct stream *stream = mem_alloc(sizeof(*stream));

	*stream = (struct stream){.easy = easy, .stop = stop, .code = CURLE_OUT_OF_MEMORY};
	pthread_mutex_lock(&shared->mutex);
	if (has_thread(shared)) {
		stream->next = shared->fresh;
		shared->fresh = stream;
		curl_multi_wakeup(shared->multi);
		while (!stream->done)
			pthread_cond_wait(&shared->ended, &shared->mutex);
	}
	const CURLcode code = stream->code;

	pthread_mutex_unlock(&shared->mutex);
	mem_free(&stream);
	return code;
}
