/* A client of ours before a scripted API server. */
#pragma once

#include "server/kube/client.h"
#include "tests/support/api_server_kit.h"

struct kube_kit {
	struct api_server *server;
	struct kube_config config; /* may be changed before the first call */
	struct kube_stop *stop;
	struct kube_client *client;
	struct kube_reply reply;
	struct err err;
};

struct kube_kit *kube_kit_new(const struct api_step *steps, size_t count, bool tls);
#define KUBE_KIT(steps, tls) kube_kit_new((steps), ARRAY_LEN(steps), (tls))
/* Fails the test when the script was not played to its end, word by word. Takes NULL and nulls. */
void kube_kit_free(struct kube_kit **pointer);

/* The reply and the error are the kit's. */
bool kube_kit_call(struct kube_kit *kit, const struct kube_call *call);
/* The same; when the server has been asked once, the kit's stop is. */
bool kube_kit_call_stopped(struct kube_kit *kit, const struct kube_call *call);
