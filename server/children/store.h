/* The volume of a GCS that keeps its state in RocksDB (pods reference: §10). */
#pragma once

#include "server/children/child.h"

/* NULL where the cluster has no such store, or the user named a claim of his own. */
struct json_edit *store_claim(const struct child_context *c);
