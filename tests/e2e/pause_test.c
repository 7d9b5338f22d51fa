/*
 * A replica that leads is stopped in the middle of its writes, as a machine is that is paused. When
 * another one has taken over, it is let go on: it must not write any more, though nobody has told
 * it.
 *
 * The API server is of this file: each replica has a port of its own, so that it is known who
 * wrote.
 */
#include <arpa/inet.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <criterion/criterion.h>

#include "base/mem.h"
#include "server/controller/writers.h"
#include "tests/support/api_peer.h"
#include "tests/support/certs_kit.h"
#include "tests/support/ray_spec.h"
#include "tests/support/server_process.h"

enum { WORKERS = 60, PATIENCE_S = 60, REPLICAS = 2 };

#define META "\"metadata\":{"
#define NONE                                                                                       \
	"{\"kind\":\"Status\",\"status\":\"Failure\",\"reason\":\"NotFound\",\"message\":\"no\","  \
	"\"code\":404}"
#define CONFLICT                                                                                   \
	"{\"kind\":\"Status\",\"status\":\"Failure\",\"reason\":\"Conflict\",\"message\":\"no\","  \
	"\"code\":409}"

static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t more = PTHREAD_COND_INITIALIZER;

/* How a replica sees the API server; under the mutex. */
static struct side {
	int listener, port;
	int writes, pods; /* of RayClusters' objects, that came */
	bool is_held;     /* no pod of it is answered */
} sides[REPLICAS];
static struct buf lease; /* "" while there is none; under the mutex */
static int version, lease_version;

/* One connection, by a thread of its own. */
struct visit {
	struct side *side;
	struct api_peer io;
	char method[8], target[512];
};

static struct str body_of(const struct visit *visit)
{
	return (struct str){visit->io.in.at + visit->io.head_len, visit->io.body_len};
}

static bool is_of(const struct visit *visit, const char *part)
{
	return strstr(visit->target, part) != NULL;
}

static void put_answer(int status, struct str body, struct buf *out)
{
	buf_printf(out,
		"HTTP/1.1 %d Words\r\nContent-Type: application/json\r\nContent-Length: "
		"%zu\r\n\r\n",
		status, body.len);
	buf_add(out, body);
}

/* What was sent, with the version that it has from now on and a uid; under the mutex. */
static void put_stamped(struct str body, struct buf *out)
{
	static const char VERSION[] = "\"resourceVersion\":\"";
	const char *const old = memmem(body.at, body.len, VERSION, strlen(VERSION));
	const char *const at = old ? old : memmem(body.at, body.len, META, strlen(META));
	const char *rest = at ? at + strlen(old ? VERSION : META) : NULL;

	cr_assert_not_null(at, "%.*s", STR_ARG(body));
	version++;
	buf_add(out, (struct str){body.at, (size_t)(at - body.at)});
	if (old) {
		buf_printf(out, "%s%d", VERSION, version);
		rest += strspn(rest, "0123456789");
	} else {
		buf_printf(out, META "%s%d\",\"uid\":\"u-%d\"%s", VERSION, version, version,
			*rest == '}' ? "" : ",");
	}
	buf_add(out, (struct str){rest, (size_t)(body.at + body.len - rest)});
}

/* Whoever writes it must know its version. */
static void serve_lease(struct visit *visit, struct buf *out)
{
	char known[64];

	pthread_mutex_lock(&mutex);
	snprintf(known, sizeof(known), "\"resourceVersion\":\"%d\"", lease_version);
	if (strcmp(visit->method, "GET") == 0) {
		put_answer(lease.len ? 200 : 404, lease.len ? buf_str(&lease) : STR(NONE), out);
	} else if (lease.len && !str_contains(body_of(visit), known)) {
		put_answer(409, STR(CONFLICT), out);
	} else {
		lease.len = 0;
		put_stamped(body_of(visit), &lease);
		lease_version = version;
		put_answer(200, buf_str(&lease), out);
	}
	pthread_mutex_unlock(&mutex);
}

static void serve_list(struct visit *visit, struct buf *out)
{
	struct arena arena CLEANUP(arena_done);
	const bool has = is_of(visit, "/apis/ray.io/v1/rayclusters");

	arena_init(&arena, 8192);
	const struct str spec = ray_spec(&arena, DIALECT_MODERN, WORKERS);
	const struct str cluster = arena_printf(&arena,
		"{\"apiVersion\":\"ray.io/v1\",\"kind\":\"RayCluster\"," META
		"\"name\":\"a\",\"namespace\":\"ns\",\"uid\":\"u-a\",\"resourceVersion\":\"1\","
		"\"generation\":1,\"creationTimestamp\":\"2026-01-15T08:00:00Z\"},\"spec\":%.*s}",
		STR_ARG(spec));

	put_answer(200,
		arena_printf(&arena, "{" META "\"resourceVersion\":\"1\"},\"items\":[%s]}",
			has ? cluster.at : ""),
		out);
}

static void serve_write(struct visit *visit, struct buf *out)
{
	struct side *const side = visit->side;
	const bool pod = strcmp(visit->method, "POST") == 0 && is_of(visit, "/pods");
	struct buf body CLEANUP(buf_done) = {0};

	pthread_mutex_lock(&mutex);
	side->writes += !is_of(visit, "/events");
	side->pods += pod;
	pthread_cond_broadcast(&more);
	while (pod && side->is_held)
		pthread_cond_wait(&more, &mutex);
	put_stamped(body_of(visit), &body);
	pthread_mutex_unlock(&mutex);
	put_answer(201, buf_str(&body), out);
}

/* False when the client has left. */
static bool serve(struct visit *visit)
{
	CLEANUP(buf_done) struct buf out = {0};

	if (is_of(visit, "watch=")) {
		(void)api_peer_send(
			&visit->io, STR("HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"
					"Transfer-Encoding: chunked\r\n\r\n"));
		while (api_peer_read(&visit->io) > 0)
			;
		return false;
	}
	if (is_of(visit, "/leases/") || (is_of(visit, "/leases") && visit->method[0] == 'P'))
		serve_lease(visit, &out);
	else if (strcmp(visit->method, "GET") != 0)
		serve_write(visit, &out);
	else if (strchr(visit->target, '?'))
		serve_list(visit, &out);
	else
		put_answer(404, STR(NONE), &out);
	return api_peer_send(&visit->io, buf_str(&out));
}

static void *stay(void *data)
{
	struct visit *visit = data;

	while (api_peer_read_request(&visit->io)) {
		cr_assert_eq(sscanf(visit->io.in.at, "%7s %511s", visit->method, visit->target), 2);
		if (!serve(visit))
			break;
		api_peer_drop_request(&visit->io);
	}
	api_peer_end(&visit->io);
	free(visit);
	return NULL;
}

static void *let_in(void *data)
{
	struct side *const side = data;
	pthread_t thread;

	for (;;) {
		struct visit *const visit = mem_alloc(sizeof(*visit));

		*visit = (struct visit){
			.side = side, .io = {.fd = accept(side->listener, NULL, NULL)}};
		cr_assert_geq(visit->io.fd, 0);
		cr_assert_eq(pthread_create(&thread, NULL, stay, visit), 0);
		pthread_detach(thread);
	}
	return NULL;
}

static void open_side(struct side *side)
{
	struct sockaddr_in at = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	socklen_t len = sizeof(at);
	pthread_t thread;

	side->listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	cr_assert_eq(bind(side->listener, (struct sockaddr *)&at, len), 0);
	cr_assert_eq(listen(side->listener, 64), 0);
	cr_assert_eq(getsockname(side->listener, (struct sockaddr *)&at, &len), 0);
	side->port = ntohs(at.sin_port);
	cr_assert_eq(pthread_create(&thread, NULL, let_in, side), 0);
	pthread_detach(thread);
}

/* --- the replicas --- */

static struct server_process start(const struct side *side)
{
	char *const folder = kit_folder();
	struct mint_pair ca CLEANUP(mint_pair_done) = kit_ca(time(NULL));
	struct mint_pair pair CLEANUP(mint_pair_done) = kit_pair(&ca, "localhost", time(NULL));
	char file[512], policy[512], config[512];

	snprintf(config, sizeof(config),
		"apiVersion: v1\nkind: Config\ncurrent-context: c\n"
		"contexts: [{name: c, context: {cluster: c, user: u, namespace: gate}}]\n"
		"clusters: [{name: c, cluster: {server: 'http://127.0.0.1:%d'}}]\n"
		"users: [{name: u, user: {}}]\n",
		side->port);
	kit_write(folder, "ca.crt", ca.cert_pem);
	kit_write(folder, "tls.crt", pair.cert_pem);
	kit_write(folder, "tls.key", pair.key_pem);
	kit_write(folder, "kubeconfig", config);
	kit_write(folder, "policy.yaml",
		"apiVersion: raygate.dev/v1\nkind: Policy\ntarget: {controller: raygate}\n");
	snprintf(file, sizeof(file), "%s/kubeconfig", folder);
	snprintf(policy, sizeof(policy), "%s/policy.yaml", folder);
	return server_process_start_in(
		folder, (const char *const[]){"--offline=false", "--no-preflight", "--kubeconfig",
				file, "--policy", policy, "--grace-period", "0s", NULL});
}

static void set_held(struct side *side, bool held)
{
	pthread_mutex_lock(&mutex);
	side->is_held = held;
	pthread_cond_broadcast(&more);
	pthread_mutex_unlock(&mutex);
}

static void await_pods(struct side *side, int pods)
{
	const struct timespec until = {.tv_sec = time(NULL) + PATIENCE_S};

	pthread_mutex_lock(&mutex);
	while (side->pods < pods && pthread_cond_timedwait(&more, &mutex, &until) == 0)
		;
	cr_assert_geq(side->pods, pods);
	pthread_mutex_unlock(&mutex);
}

static int writes_of(struct side *side)
{
	pthread_mutex_lock(&mutex);
	const int writes = side->writes;

	pthread_mutex_unlock(&mutex);
	return writes;
}

/* And waits until it has. */
static void make_stop(const struct server_process *server)
{
	int status = 0;

	cr_assert_eq(kill(server->pid, SIGSTOP), 0);
	cr_assert_eq(waitpid(server->pid, &status, WUNTRACED), server->pid);
	cr_assert(WIFSTOPPED(status));
}

Test(e2e_pause, who_wakes_when_another_one_leads_writes_no_more, .timeout = 180)
{
	for (size_t i = 0; i < REPLICAS; i++)
		open_side(&sides[i]);
	set_held(&sides[0], true);
	struct server_process first = start(&sides[0]);

	await_pods(&sides[0], WRITERS_LANE_FIRST);
	server_process_expect_log(&first, "\"thisReplica\":true");
	make_stop(&first);
	const int writes = writes_of(&sides[0]);

	/* What it reads first when it wakes: there is room for the next ones. */
	set_held(&sides[0], false);
	struct server_process second = start(&sides[1]);

	await_pods(&sides[1], WORKERS);
	cr_assert_eq(kill(first.pid, SIGCONT), 0);
	server_process_expect_log(&first, "this replica does not lead");
	cr_expect_eq(writes_of(&sides[0]), writes);
	server_process_stop(&first);
	server_process_stop(&second);
}
