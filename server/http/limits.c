#include "server/http/limits.h"

#include <assert.h>

enum { KI = 1024, MI = 1024 * 1024, SECOND = 1000 };

static const struct http_limit_row LIMITS[HTTP_LIMIT_COUNT] = {
	[HTTP_LIMIT_BODY] = {"body", 8 * MI, "bytes",
		"an update carries two objects of at most 1.5 MiB each, escaped"},
	[HTTP_LIMIT_BODY_SMALL] = {"body-small", 256 * KI, "bytes",
		"what an ordinary review never exceeds; counted in a budget of its own"},
	[HTTP_LIMIT_BODIES] = {"bodies", 64 * MI, "bytes",
		"memory of all larger bodies that are being received or answered"},
	[HTTP_LIMIT_BODIES_SMALL] = {"bodies-small", 32 * MI, "bytes",
		"memory of all small bodies; no large one can take it away"},
	[HTTP_LIMIT_BODY_FIRST] = {"body-first", 64 * KI, "bytes",
		"most that a promised length is given before bytes arrive"},
	[HTTP_LIMIT_BODY_DISCARD] = {"body-discard", 16 * MI, "bytes",
		"how much of a refused body is read so that the client gets its answer"},
	[HTTP_LIMIT_WORK] = {"work", 512 * MI, "bytes",
		"memory of all large bodies at work; the worst of them take half of it"},
	[HTTP_LIMIT_WORK_RATIO] = {"work-ratio", 90, "bytes",
		"for each byte of a body: what a hostile one takes at most, real ones take 10"},
	[HTTP_LIMIT_HEADERS] = {"headers", 20 * KI, "bytes",
		"memory of a connection for its head and what is being read; most of its RSS"},
	[HTTP_LIMIT_IN_FLIGHT] = {"in-flight", 640, "requests",
		"the API server has at most 600 requests of all kinds at work"},
	[HTTP_LIMIT_CONNECTIONS] = {"connections", 2048, "connections",
		"a few API servers with 25 idle connections per path, and much room"},
	[HTTP_LIMIT_BACKLOG] = {"backlog", 1024, "connections",
		"a burst of clients waits in the kernel instead of being refused"},
	[HTTP_LIMIT_THREADS] = {"threads", 8, "threads",
		"more than cores, because the reservation of quota may block"},
	[HTTP_LIMIT_ARENA] = {"arena", 64 * KI, "bytes",
		"first block of a request's memory, kept between requests"},
	[HTTP_LIMIT_HEADERS_MS] = {"headers-time", 10 * SECOND, "ms",
		"from accept, handshake included, or from a request's first line to its headers' "
		"end"},
	[HTTP_LIMIT_CROWDED_MS] = {"crowded-time", SECOND / 2, "ms",
		"from accept to a request's first line while there is no room for others: clients "
		"need milliseconds, and the API server does not wait long"},
	[HTTP_LIMIT_CROWDED_IDLE_MS] = {"crowded-idle-time", 5 * SECOND, "ms",
		"between requests while others wait for room: the longest idle give way, as many "
		"as wait; one that was used just now may be used again"},
	[HTTP_LIMIT_BODY_GRACE_MS] = {"body-grace", 5 * SECOND, "ms",
		"before the least rate of a body counts"},
	[HTTP_LIMIT_BODY_MS] = {"body-time", 30 * SECOND, "ms",
		"the longest timeout of a webhook; nobody waits longer"},
	[HTTP_LIMIT_RATE] = {"rate", 16 * KI, "bytes/s",
		"least speed of a body, and of a client that reads its answer"},
	[HTTP_LIMIT_REPLY_MS] = {"reply-time", 30 * SECOND, "ms",
		"for a client that does not read its answer"},
	[HTTP_LIMIT_IDLE_MS] = {"idle-time", 120 * SECOND, "ms",
		"longer than the API server's 90 s, so that it is never we who close first"},
	[HTTP_LIMIT_REQUEST_MS] = {"request-time", 30 * SECOND, "ms",
		"the deadline of a request that names none, and the longest one may name"},
	[HTTP_LIMIT_RETIRE_MS] = {"retire-time", 100 * SECOND, "ms",
		"connections with an old certificate live until idle clients have left by "
		"themselves"},
	[HTTP_LIMIT_QUOTA_MS] = {"quota-time", 30 * SECOND, "ms",
		"how long /readyz waits at the start for the RayClusters that a quota counts: an "
		"API server that is away keeps no gate shut"},
	[HTTP_LIMIT_SWEEP_MS] = {"sweep", 500, "ms", "how often deadlines are looked at"},
	[HTTP_LIMIT_LOG] = {"log", 10, "lines/s",
		"what one listener may write about clients that misbehave"},
};

const struct http_limit_row *http_limit_row(enum http_limit limit)
{
	assert(limit < HTTP_LIMIT_COUNT);
	return &LIMITS[limit];
}

struct http_limits http_limits_default(void)
{
	struct http_limits limits;

	for (int i = 0; i < HTTP_LIMIT_COUNT; i++)
		limits.value[i] = LIMITS[i].value;
	return limits;
}
