#include "server/children/store.h"

static struct json_edit *import_or(const struct json_node *node, struct json_edit *fallback)
{
	if (node == NULL)
		return fallback;
	json_edit_free(&fallback);
	return json_edit_import(node);
}

static struct json_edit *once(void)
{
	struct json_edit *const modes = json_edit_array();

	json_edit_add(modes, json_edit_str(STR("ReadWriteOnce")));
	return modes;
}

static void put_spec(const struct embedded_storage *storage, struct json_edit *spec)
{
	const struct json_node *const modes =
		json_count(storage->access_modes.node) ? storage->access_modes.node : NULL;

	json_edit_put(spec, "accessModes", import_or(modes, once()));
	if (storage->storage_class.node)
		json_edit_put(
			spec, "storageClassName", json_edit_import(storage->storage_class.node));
	json_edit_put(json_edit_put_object(json_edit_put_object(spec, "resources"), "requests"),
		"storage", import_or(storage->size.node, json_edit_str(STR("1Gi"))));
}

struct json_edit *store_claim(const struct child_context *c)
{
	const struct embedded_storage *const storage = &c->cluster->gcs.storage;

	if (!c->fault_tolerant || !c->embedded_store || storage->claim_name.v.len)
		return NULL;
	struct json_edit *const claim = child_new(c, "v1", "PersistentVolumeClaim");
	struct json_edit *const meta = json_edit_get(claim, STR("metadata"));

	json_edit_put_str(meta, "name", c->store_claim);
	json_edit_put_str(json_edit_put_object(meta, "labels"), LABEL_CLUSTER, c->name);
	/* It outlives the cluster where its data is to be kept. */
	if (str_is(storage->deletion_policy.v, "Retain"))
		json_edit_remove(meta, STR("ownerReferences"));
	put_spec(storage, json_edit_put_object(claim, "spec"));
	return claim;
}
