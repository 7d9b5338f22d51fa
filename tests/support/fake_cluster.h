/*
 * An API server of a few objects in memory, behind the interface of the HTTP client: get, create,
 * merge patches with optimistic locking, JSON patches, delete. What is created has a uid. For
 * logic; what sockets and broken servers do is api_server_kit's.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "server/kube/client.h"

struct fake_cluster;

struct fake_cluster *fake_cluster_new(void);
/* Takes NULL and nulls. No client may be in use any more. */
void fake_cluster_free(struct fake_cluster **cluster);

/* A client of it; kube_client_free() it before the cluster. */
struct kube_client *fake_cluster_client(struct fake_cluster *cluster);

/* Replaces or adds the object at this path. */
void fake_cluster_put(struct fake_cluster *cluster, const char *path, const char *json);
void fake_cluster_delete(struct fake_cluster *cluster, const char *path);
/* Its JSON; NULL when it is not there. Lives until the object changes. */
const char *fake_cluster_get(const struct fake_cluster *cluster, const char *path);

/* Nobody answers any more, or again. */
void fake_cluster_set_away(struct fake_cluster *cluster, bool away);
/* Writes at paths that end in this get no answer until their time is over; NULL for none. */
void fake_cluster_hang(struct fake_cluster *cluster, const char *end);
/* 403 for paths that contain this text; NULL for none. */
void fake_cluster_forbid(struct fake_cluster *cluster, const char *part);
/* Called once, before the next write is looked at: somebody else is faster. */
void fake_cluster_before_write(
	struct fake_cluster *cluster, void (*hook)(void *context), void *context);
/* Writes that were done. */
size_t fake_cluster_writes(const struct fake_cluster *cluster);
/* So many writes from now on, one is done and its answer is lost; 0 is the next. */
void fake_cluster_lose(struct fake_cluster *cluster, size_t after);
/* The next `count` creates and patches at paths that end in this are refused; 429 for the next
 * hour. */
void fake_cluster_refuse(
	struct fake_cluster *cluster, const char *end, int code, const char *reason, size_t count);
/* A webhook applies this merge patch to what is created at paths that end in this; NULL: none. */
void fake_cluster_mutate(struct fake_cluster *cluster, const char *end, const char *patch);
/* One object after the other; start with *at = 0. NULL behind the last. */
const char *fake_cluster_next(const struct fake_cluster *cluster, size_t *at, const char **path);
/* Methods and paths of all writes, each behind a blank; as long as the cluster lives. */
struct str fake_cluster_log(const struct fake_cluster *cluster);
