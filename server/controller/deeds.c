#include "server/controller/deeds.h"

#include <stdlib.h>

#include "server/controller/writers.h"

#define HEAD_CAME    "CreatedHeadPod"
#define WORKERS_CAME "CreatedWorkerPod"

static const struct {
	const char *reason, *verb, *noun;
} WORDS[] = {
	{HEAD_CAME, "created", "head pod"},
	{WORKERS_CAME, "created", "worker pod"},
	{"DeletedHeadPod", "deleted", "head pod"},
	{"DeletedWorkerPod", "deleted", "worker pod"},
	{"DeletedPod", "deleted", "pod"},
	{"AdoptedPod", "adopted", "pod"},
};

static bool is_of(const struct deed *deed, const struct write *write)
{
	return str_is(str_from(deed->reason), write->reason) && str_is(write->why, deed->why);
}

void deeds_add(struct deeds *deeds, const struct write *write)
{
	size_t i = 0;

	while (i < deeds->count && !is_of(&deeds->items[i], write))
		i++;
	if (i == DEEDS_MOST)
		return;
	struct deed *const deed = &deeds->items[i];

	if (i == deeds->count)
		deeds->items[deeds->count++] = (struct deed){
			.reason = write->reason,
			.why = mem_copy(write->why),
			.name = mem_copy(write->name),
		};
	deed->count++;
}

void deeds_done(struct deeds *deeds)
{
	for (size_t i = 0; i < deeds->count; i++) {
		free(deeds->items[i].why);
		free(deeds->items[i].name);
	}
	*deeds = (struct deeds){0};
}

static const struct deed *find(const struct deeds *deeds, const char *reason)
{
	for (size_t i = 0; i < deeds->count; i++) {
		if (str_is(str_from(deeds->items[i].reason), reason))
			return &deeds->items[i];
	}
	return NULL;
}

static void put_pods(struct buf *out, const char *noun, const struct deed *deed)
{
	if (deed->count == 1)
		buf_printf(out, "%s %s", noun, deed->name);
	else
		buf_printf(out, "%zu %ss", deed->count, noun);
}

/* "deleted 3 worker pods: fewer workers are asked for" */
static void put(struct buf *out, const struct deed *deed)
{
	for (size_t i = 0; i < ARRAY_LEN(WORDS); i++) {
		if (!str_is(str_from(deed->reason), WORDS[i].reason))
			continue;
		buf_printf(out, "%s ", WORDS[i].verb);
		put_pods(out, WORDS[i].noun, deed);
	}
	if (*deed->why)
		buf_printf(out, ": %s", deed->why);
}

struct kube_event deeds_event(const struct world_key *key, struct str uid)
{
	static const char *const VERSIONS[] = {
		[DIALECT_MODERN] = "ray.io/v1",
		[DIALECT_LEGACY] = "cluster.ray.io/v1",
	};

	return (struct kube_event){
		.api_version = VERSIONS[key->dialect],
		.kind = "RayCluster",
		.namespace = key->namespace.at,
		.name = key->name.at,
		.uid = uid.at,
	};
}

void deeds_tell(const struct deeds *deeds, const struct world_key *key, struct str uid,
	void (*tell)(void *context, const struct kube_event *event), void *context)
{
	const struct deed *const head = find(deeds, HEAD_CAME);
	const struct deed *const workers = head ? find(deeds, WORKERS_CAME) : NULL;

	for (size_t i = 0; i < deeds->count; i++) {
		CLEANUP(buf_done) struct buf text = {0};
		struct kube_event event = deeds_event(key, uid);

		/* A new cluster is one Event, and one write. */
		if (&deeds->items[i] == workers)
			continue;
		put(&text, &deeds->items[i]);
		if (&deeds->items[i] == head && workers) {
			buf_add_cstr(&text, " and ");
			put_pods(&text, "worker pod", workers);
		}
		buf_add_char(&text, '\0');
		event.reason = deeds->items[i].reason;
		event.message = text.at;
		tell(context, &event);
	}
}
