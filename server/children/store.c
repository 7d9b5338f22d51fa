#include "server/children/store.h"

#define SIZE "1Gi"
#define MODE "ReadWriteOnce"

bool store_has_claim(const struct child_context *c)
{
	return c->fault_tolerant && c->embedded_store &&
	       c->cluster->gcs.storage.claim_name.v.len == 0;
}

bool store_outlives(const struct child_context *c)
{
	return str_is(c->cluster->gcs.storage.deletion_policy.v, "Retain");
}

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

	json_edit_add(modes, json_edit_str(STR(MODE)));
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
		"storage", import_or(storage->size.node, json_edit_str(STR(SIZE))));
}

struct json_edit *store_claim(const struct child_context *c)
{
	if (!store_has_claim(c))
		return NULL;
	struct json_edit *const claim = child_new(c, "v1", "PersistentVolumeClaim");
	struct json_edit *const meta = json_edit_get(claim, STR("metadata"));

	json_edit_put_str(meta, "name", c->store_claim);
	json_edit_put_str(json_edit_put_object(meta, "labels"), LABEL_CLUSTER, c->name);
	/* It outlives the cluster where its data is to be kept. */
	if (store_outlives(c))
		json_edit_remove(meta, STR("ownerReferences"));
	put_spec(&c->cluster->gcs.storage, json_edit_put_object(claim, "spec"));
	return claim;
}

static void add_drift(struct buf *out, const char *what, struct str is, struct str wanted)
{
	buf_printf(out, "%s%s is %.*s, not %.*s", out->len ? ", " : "", what, STR_ARG(is),
		STR_ARG(wanted));
}

static void compare_size(
	const struct child_context *c, const struct json_node *claim, struct buf *out)
{
	const struct embedded_storage *const storage = &c->cluster->gcs.storage;
	const struct json_node *const requests = json_get(json_get(claim, "resources"), "requests");
	const struct str is = json_str(c->arena, json_get(requests, "storage"));
	struct quantity wanted = storage->size.v;
	struct quantity has;
	struct err ignored;

	if ((storage->size.node || quantity_parse(STR(SIZE), &wanted, &ignored)) &&
		quantity_parse(is, &has, &ignored) && quantity_cmp(has, wanted) != 0)
		add_drift(out, "its size", is, str_from(quantity_print_bytes(wanted).at));
}

/* One that nobody asked for is the default of the day it was made. */
static void compare_class(
	const struct child_context *c, const struct json_node *claim, struct buf *out)
{
	const struct json_node *const wanted = c->cluster->gcs.storage.storage_class.node;
	const struct json_node *const is = json_get(claim, "storageClassName");

	if (json_present(wanted) && !json_equal(wanted, is))
		add_drift(out, "its storageClassName", json_str(c->arena, is),
			json_str(c->arena, wanted));
}

static struct str join(struct arena *arena, const struct json_node *modes)
{
	CLEANUP(buf_done) struct buf text = {0};

	for (struct json_iter it = json_iter(modes); json_next_item(&it);)
		buf_printf(
			&text, "%s%.*s", text.len ? "+" : "", STR_ARG(json_str(arena, it.value)));
	return arena_str(arena, buf_str(&text));
}

/* Their order says nothing. */
static bool has_all(const struct json_node *modes, const struct json_node *wanted)
{
	for (struct json_iter w = json_iter(wanted); json_next_item(&w);) {
		bool found = false;

		for (struct json_iter it = json_iter(modes); json_next_item(&it);)
			found = found || json_equal(it.value, w.value);
		if (!found)
			return false;
	}
	return true;
}

static void compare_modes(
	const struct child_context *c, const struct json_node *claim, struct buf *out)
{
	const struct json_node *const wanted = c->cluster->gcs.storage.access_modes.node;
	const struct json_node *const is = json_get(claim, "accessModes");
	const struct str words = join(c->arena, is);

	if (json_count(wanted) == 0 && !str_is(words, MODE))
		add_drift(out, "its accessModes", words, STR(MODE));
	else if (json_count(wanted) && !(has_all(is, wanted) && has_all(wanted, is)))
		add_drift(out, "its accessModes", words, join(c->arena, wanted));
}

struct str store_drift(const struct child_context *c, const struct json_node *claim)
{
	CLEANUP(buf_done) struct buf text = {0};

	compare_size(c, claim, &text);
	compare_class(c, claim, &text);
	compare_modes(c, claim, &text);
	return arena_str(c->arena, buf_str(&text));
}
