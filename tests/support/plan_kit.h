/*
 * Rounds of the controller as text: a cluster, what is there of it, and what the planner asks for.
 *
 * What is there is one thing a line:
 *   pod NAME GROUP WORD…       of GROUP "headgroup" it is the head; WORDs are those of plan_kit.c:
 *                              "running ready age=60 index=2 unscheduled deleting foreign …"; of a
 *                              legacy cluster GROUP is the podType, and "head" a word
 *   service NAME IP [TYPE [head [deleting]]]   with "head" its labels say that it is the head's
 *   claim NAME OWNER SPEC      "ours", "stray" or another; the spec in YAML
 *   failure KIND GROUP MESSAGE…  with HTTP's 403; "missing KIND …" with its 404; "silence KIND
 *                              GROUP" is one without an answer
 *   doubt NAME GROUP WORD…     of a pod that was asked for, and nobody answered
 *   verdict REASON [GROUP=PODS…]   not accepted; without such a line it is
 *   withheld                   what was accepted is not known
 *   first                      it is the first round of the process
 *   status KEY: VALUE          members of the object's status, in YAML
 *
 * Times are seconds before PLAN_KIT_NOW; "ends" is after it.
 */
#pragma once

#include "base/mem.h"
#include "server/plan/round.h"

enum { PLAN_KIT_NOW = 1700001000 };
#define PLAN_KIT_NOW_TEXT "2023-11-14T22:30:00Z"

/* `spec` is that of the RayCluster "demo" of namespace "ns", in YAML; `meta` more of its metadata.
 */
struct plan_kit_cluster {
	const char *meta, *spec;
	const char *there;
};

/* Everything lives in the arena. */
struct observed *plan_kit_observe(struct arena *arena, const struct plan_kit_cluster *cluster);
struct observed *plan_kit_observe_legacy(
	struct arena *arena, const struct plan_kit_cluster *cluster);
/*
 * One action a line, without those of the status: "create Pod demo-head-*", "delete w1: why",
 * "warning Reason: message", "again 5". The drawn part of a name is "*".
 */
struct str plan_kit_actions(struct arena *arena, const struct round *round);
/*
 * What is written to the status, a member or condition a line: "readyWorkerReplicas 3",
 * "HeadPodReady False HeadPodNotFound now: Head Pod not found"; `now` is a new time of transition.
 * "" where nothing is written.
 */
struct str plan_kit_status(struct arena *arena, const struct round *round);
