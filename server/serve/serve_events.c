#include <stdlib.h>
#include <unistd.h>

#include "base/mem.h"
#include "server/kube/recorder.h"
#include "server/serve/cluster.h"
#include "server/serve/server.h"

/*
 * The Pod that we are, by the downward API; `kubectl describe` finds an Event by the uid. Without
 * it the host's name is the Pod's, unless that is on the network of its node.
 */
static const char POD_NAME[] = "POD_NAME", POD_UID[] = "POD_UID";

struct serve_events {
	struct kube_recorder *recorder;
	char host[64];
	const char *pod, *uid; /* NULL: not known */
};

bool serve_events_start(struct server *s, struct err *err)
{
	if (s->cluster == NULL)
		return true;
	s->events = mem_alloc(sizeof(*s->events));
	gethostname(s->events->host, sizeof(s->events->host) - 1);
	s->events->pod = getenv(POD_NAME) ? getenv(POD_NAME) : s->events->host;
	s->events->uid = getenv(POD_UID);
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
	kube_recorder_add(
		s->events->recorder, &(struct kube_event){
					     .api_version = "v1",
					     .kind = event->secret ? "Secret" : "Pod",
					     .namespace = s->cluster->namespace,
					     .name = event->secret ? event->secret : s->events->pod,
					     .uid = event->secret ? NULL : s->events->uid,
					     .warning = event->warning,
					     .reason = event->reason,
					     .message = event->message,
				     });
}
