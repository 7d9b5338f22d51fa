/* What a cluster stores already, judged as `raygate check` judges files. */
#pragma once

#include "server/check/check_run.h"
#include "server/kube/client.h"

/*
 * Judges every object of the kinds that are judged, in that namespace or (NULL) in all. Each is
 * shown as YAML, named "NAMESPACE/KIND/NAME". Kinds that the cluster does not have are passed over;
 * those that cannot be read are in the report.
 */
void check_cluster(struct check_run *check, struct kube_client *client, const char *namespace);
