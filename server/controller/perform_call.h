/* Which call to the API server a write is. */
#pragma once

#include "server/controller/writers.h"
#include "server/kube/client.h"

struct kube_call perform_call(const struct write *write);
/* What the write makes, changes or deletes: by its name, or for a create without one. */
struct kube_ref perform_child(const struct write *write, bool named);
/* Whose it is; `part` is "status" or NULL. */
struct kube_ref perform_cluster(const struct write *write, const char *part);
/* Whether one of that name which is not ours is a failure. */
bool perform_is_watched(enum child_kind child);
/* "Pod", …; "RayCluster" where it is about the cluster itself. */
const char *perform_kind(const struct write *write);
