#include "tests/e2e/load.h"

#include <criterion/criterion.h>
#include <pthread.h>
#include <stdlib.h>

#include "base/mem.h"
#include "tests/e2e/reviews.h"

struct load {
	const struct server_process *server;
	struct str body;
	pthread_mutex_t mutex;
	pthread_cond_t more;
	struct load_result result;
	atomic_bool ending;
	size_t threads;
	pthread_t thread[];
};

static void note(struct load *load, long long *count)
{
	pthread_mutex_lock(&load->mutex);
	++*count;
	pthread_cond_broadcast(&load->more);
	pthread_mutex_unlock(&load->mutex);
}

/* Requests on one connection, until the server says that it is the last. */
static void use_connection(struct load *load, struct http_client *client)
{
	struct http_reply reply = {0};
	bool alive = true;

	while (alive && !load->ending) {
		const bool answered = post(client, "/validate", load->body) &&
				      http_client_read(client, &reply) && reply.status == 200;

		note(load, answered ? &load->result.answered : &load->result.failed);
		alive = answered &&
			!str_is_nocase(http_reply_header(&reply, "Connection"), "close");
	}
	http_reply_done(&reply);
}

static void *run(void *data)
{
	struct load *const load = data;

	while (!load->ending) {
		struct http_client *client = server_process_try_open(load->server);

		if (client == NULL) {
			note(load, &load->result.refused);
			break;
		}
		use_connection(load, client);
		http_client_close(&client);
	}
	return NULL;
}

struct load *load_start(const struct server_process *server, size_t threads, struct str body)
{
	struct load *const load = mem_alloc(sizeof(*load) + threads * sizeof(*load->thread));

	load->server = server;
	load->body = body;
	load->threads = threads;
	pthread_mutex_init(&load->mutex, NULL);
	pthread_cond_init(&load->more, NULL);
	for (size_t i = 0; i < threads; i++)
		cr_assert_eq(pthread_create(&load->thread[i], NULL, run, load), 0);
	return load;
}

void load_await(struct load *load, long long requests)
{
	pthread_mutex_lock(&load->mutex);
	const long long wanted = load->result.answered + requests;

	while (load->result.answered < wanted && load->result.failed == 0)
		pthread_cond_wait(&load->more, &load->mutex);
	pthread_mutex_unlock(&load->mutex);
}

void load_await_refused(struct load *load)
{
	pthread_mutex_lock(&load->mutex);
	while (load->result.refused < (long long)load->threads && load->result.failed == 0)
		pthread_cond_wait(&load->more, &load->mutex);
	pthread_mutex_unlock(&load->mutex);
}

struct load_result load_stop(struct load **load)
{
	(*load)->ending = true;
	for (size_t i = 0; i < (*load)->threads; i++)
		pthread_join((*load)->thread[i], NULL);
	const struct load_result result = (*load)->result;

	pthread_cond_destroy(&(*load)->more);
	pthread_mutex_destroy(&(*load)->mutex);
	free(*load);
	*load = NULL;
	return result;
}
