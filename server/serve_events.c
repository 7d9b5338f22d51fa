#include <unistd.h>

#include "base/mem.h"
#include "server/cluster.h"
#include "server/kube/recorder.h"
#include "server/server.h"

struct serve_events {
	struct kube_recorder *recorder;
	char host[64]; /* in a cluster, the name of our Pod */
};

bool serve_events_start(struct server *s, struct err *err)
{
	if (s->cluster == NULL)
		return true;
	s->events = mem_alloc(sizeof(*s->events));
	gethostname(s->events->host, sizeof(s->events->host) - 1);
	return kube_recorder_start(
		s->cluster->client, "raygate", s->events->host, &s->events->recorder, err);
}

void serve_events_stop(struct server *s)
{
	if (s->events == NULL)
		return;
	kube_recorder_stop(&s->events->recorder);
	mem_free(&s->events);
}

void serve_events_tell(struct server *s, const struct serve_event *event)
{
	if (s->events == NULL || s->events->recorder == NULL)
		return;
	kube_recorder_add(s->events->recorder,
		&(struct kube_event){
			.api_version = "v1",
			.kind = event->secret ? "Secret" : "Pod",
			.namespace = s->cluster->namespace,
			.name = event->secret ? event->secret : s->events->host,
			.warning = event->warning,
			.reason = event->reason,
			.message = event->message,
		});
}
