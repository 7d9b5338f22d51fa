#include "tests/support/kube_kit.h"

#include <criterion/criterion.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>

struct kube_kit *kube_kit_new(const struct api_step *steps, size_t count, bool tls)
{
	struct kube_kit *const kit = mem_alloc(sizeof(*kit));

	signal(SIGPIPE, SIG_IGN);
	kit->server = api_server_start(steps, count, tls);
	kit->stop = kube_stop_new();
	kit->config = (struct kube_config){
		.origin = "test",
		.server = api_server_url(kit->server),
		.ca.text = tls ? api_server_ca(kit->server) : NULL,
		.token = "t0ken",
		.namespace = "default",
	};
	const struct kube_client_options options = {
		.transport = kube_transport_new(&kit->config, "raygate/test"),
		.stop = kit->stop,
	};

	kit->client = kube_client_new(&options);
	return kit;
}

void kube_kit_free(struct kube_kit **pointer)
{
	struct kube_kit *const kit = *pointer;
	char complaint[512];

	if (kit == NULL)
		return;
	snprintf(complaint, sizeof(complaint), "%s", api_server_complaint(kit->server));
	cr_assert_str_empty(complaint, "%s", complaint);
	kube_reply_done(&kit->reply);
	kube_client_free(&kit->client);
	api_server_stop(&kit->server);
	kube_stop_free(&kit->stop);
	mem_free(pointer);
}

bool kube_kit_call(struct kube_kit *kit, const struct kube_call *call)
{
	kit->err = (struct err){0};
	return kube_call(kit->client, call, &kit->reply, &kit->err);
}

static void *stop_when_asked(void *context)
{
	struct kube_kit *const kit = context;

	api_server_wait(kit->server, 1);
	kube_stop_ask(kit->stop);
	return NULL;
}

bool kube_kit_call_stopped(struct kube_kit *kit, const struct kube_call *call)
{
	pthread_t thread;

	cr_assert_eq(pthread_create(&thread, NULL, stop_when_asked, kit), 0);
	const bool good = kube_kit_call(kit, call);

	pthread_join(thread, NULL);
	return good;
}
