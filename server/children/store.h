/* The volume of a GCS that keeps its state in RocksDB. */
#pragma once

#include "server/children/child.h"

/* NULL where the cluster has no such store, or the user named a claim of his own. */
struct json_edit *store_claim(const struct child_context *c);
/* Whether there is such a claim; its name is c->store_claim. */
bool store_has_claim(const struct child_context *c);
/* Whether it outlives the cluster: then nobody owns it. */
bool store_outlives(const struct child_context *c);
/* What of a claim that is there is not as the spec has it, and stays so; "" where nothing is. */
struct str store_drift(const struct child_context *c, const struct json_node *claim);
