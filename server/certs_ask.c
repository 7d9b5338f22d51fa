#include "server/certs_ask.h"

#include <ctype.h>
#include <signal.h>
#include <string.h>

#include "base/clock.h"
#include "base/json_read.h"
#include "server/admission/bare_cluster.h"
#include "server/config/version.h"
#include "server/kube/transport.h"

#define PATIENCE (10 * CLOCK_SECOND)

#define REVIEW_UID "2b1f4c1e-8f0c-4c55-9d5e-7a61c1f5a0d1"

#define NAME "raygate-asks"

/* A dry run, which reserves nothing of a quota. */
static const char REVIEW[] =
	"{\"apiVersion\":\"admission.k8s.io/v1\",\"kind\":\"AdmissionReview\",\"request\":{"
	"\"uid\":\"" REVIEW_UID "\",\"kind\":{\"group\":\"ray.io\",\"version\":\"v1\",\"kind\":"
	"\"RayCluster\"},\"resource\":{\"group\":\"ray.io\",\"version\":\"v1\",\"resource\":"
	"\"rayclusters\"},\"name\":\"" NAME "\",\"namespace\":\"default\",\"operation\":"
	"\"CREATE\",\"userInfo\":{\"username\":\"" NAME
	"\"},\"dryRun\":true,\"object\":" BARE_CLUSTER_MODERN(NAME) "}}";

enum { REPLY_LIMIT = 1024 * 1024, REPLY_DEPTH = 32, REPLY_NODES = 4096 };

static const char *const PATHS[] = {"/mutate", "/validate"};

/* An answer to this review, whatever it is. */
static bool is_answer(const struct kube_answer *answer, struct arena *arena, struct err *err)
{
	static const struct json_limits LIMITS = {
		.bytes = REPLY_LIMIT, .depth = REPLY_DEPTH, .nodes = REPLY_NODES};
	struct json_doc doc;

	if (answer->status != 200)
		return err_set(err, ERR_INVALID, "answers with %d", answer->status);
	if (!json_read(arena, buf_str(&answer->body), &LIMITS, &doc, err))
		return err_wrap(err, "answers with what is no review");
	return json_str_is(json_get(json_get(doc.root, "response"), "uid"), STR(REVIEW_UID)) ||
	       err_set(err, ERR_INVALID, "answers another review");
}

static bool ask(struct kube_transport *transport, const char *path, struct err *err)
{
	struct arena arena CLEANUP(arena_done);
	CLEANUP(kube_answer_done) struct kube_answer answer = {0};
	const struct kube_request request = {
		.method = "POST",
		.path = path,
		.content_type = "application/json",
		.body = STR(REVIEW),
		.reply_limit = REPLY_LIMIT,
		.deadline = clock_now() + PATIENCE,
	};

	arena_init(&arena, 4096);
	return transport->send(transport, &request, &answer, err) &&
	       is_answer(&answer, &arena, err);
}

static bool is_made_of(struct str text, const char *others)
{
	for (size_t i = 0; i < text.len; i++) {
		if (!isalnum((unsigned char)text.at[i]) &&
			(text.at[i] == '\0' || !strchr(others, text.at[i])))
			return false;
	}
	return text.len > 0;
}

/* ":9443", or nothing. */
static bool is_port(struct str text)
{
	int64_t port;

	return text.len == 0 ||
	       (text.len > 1 && text.at[0] == ':' && isdigit((unsigned char)text.at[1]) &&
		       str_to_i64(str_from_offset(text, 1), &port) && port >= 1 && port <= 65535);
}

static bool is_authority(struct str text)
{
	if (str_starts(text, "[")) {
		const size_t end = str_find(text, ']');

		return end < text.len && is_made_of((struct str){text.at + 1, end - 1}, ":.") &&
		       is_port(str_from_offset(text, end + 1));
	}
	const size_t colon = str_find(text, ':');

	return is_made_of((struct str){text.at, colon}, ".-") &&
	       is_port(str_from_offset(text, colon));
}

/* Behind a proxy the gate may have a path of its own in front of these two. */
bool certs_ask_knows_url(struct str url)
{
	static const char HTTPS[] = "https://";

	if (!str_starts(url, HTTPS) || str_ends(url, "/"))
		return false;
	const struct str rest = str_from_offset(url, strlen(HTTPS));
	const size_t slash = str_find(rest, '/');

	return is_authority((struct str){rest.at, slash}) && !str_contains(rest, "?") &&
	       !str_contains(rest, "#");
}

bool certs_ask(const char *url, const char *ca_file, struct buf *out, struct err *err)
{
	const struct kube_config config = {
		.origin = "gate", .server = url, .ca = {.file = ca_file}, .namespace = "default"};
	bool good = true;

	if (!kube_transport_load(err))
		return false;
	signal(SIGPIPE, SIG_IGN);
	struct kube_transport *transport = kube_transport_new(&config, "raygate/" RAYGATE_VERSION);

	for (size_t i = 0; good && i < ARRAY_LEN(PATHS); i++) {
		const int64_t began = clock_now();

		good = ask(transport, PATHS[i], err) || err_wrap(err, "%s%s", url, PATHS[i]);
		if (good)
			buf_printf(out, "%s%s answers after %lld ms\n", url, PATHS[i],
				(long long)((clock_now() - began) / CLOCK_MILLISECOND));
	}
	kube_transport_free(&transport);
	return good;
}
