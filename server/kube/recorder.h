/*
 * Events that people see in `kubectl describe`: core/v1, as controller-runtime's recorder writes
 * them. Recording never waits and never fails: a thread writes, and what finds no room is dropped.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "server/kube/client.h"

/* What is said, and of which object. Strings are copied; NULL is "". */
struct kube_event {
	const char *api_version, *kind; /* of the object */
	const char *namespace, *name, *uid;
	const char *resource_version;
	bool warning;        /* else normal */
	const char *reason;  /* CamelCase, one of few */
	const char *message; /* cut at 1,024 bytes, as the API server has it */
	/* Not zero: it gives way for so long, and as long as there are others, to these and to
	 * other writes. All that give way do so for the same time. */
	int32_t later_ms;
};

enum {
	KUBE_RECORDER_ROOM = 256,        /* events that wait to be written */
	KUBE_RECORDER_ROOM_LATER = 1024, /* and that give way */
};

struct kube_recorder;

/* `component` names us ("raygate"), `host` this replica; both outlive it. */
MUST_CHECK bool kube_recorder_start(struct kube_client *client, const char *component,
	const char *host, struct kube_recorder **out, struct err *err);
/* Writes what waits, for at most 2 s. Before the client's own stop. Takes NULL and nulls. */
void kube_recorder_stop(struct kube_recorder **pointer);

/* Any thread. */
void kube_recorder_add(struct kube_recorder *recorder, const struct kube_event *event);
/* Events that found no room or could not be written, until now. */
uint64_t kube_recorder_dropped(const struct kube_recorder *recorder);
