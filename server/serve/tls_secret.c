#include "server/serve/tls_secret.h"

#include <stddef.h>
#include <string.h>

#include "base/base64.h"
#include "base/mem.h"

static const struct {
	const char *key;
	size_t offset;
} KEYS[] = {
	{"tls.crt", offsetof(struct managed_store, tls_crt)},
	{"tls.key", offsetof(struct managed_store, tls_key)},
	{"ca.crt", offsetof(struct managed_store, ca_crt)},
	{"ca.key", offsetof(struct managed_store, ca_key)},
	{"ca-previous.crt", offsetof(struct managed_store, ca_previous)},
};

static char **slot(struct managed_store *store, size_t i)
{
	return (char **)(void *)((char *)store + KEYS[i].offset);
}

static const char *text_at(const struct managed_store *store, size_t i)
{
	return *(const char *const *)(const void *)((const char *)store + KEYS[i].offset);
}

void tls_secret_done(struct tls_secret *secret)
{
	mem_free(&secret->version);
	managed_store_done(&secret->store);
	secret->exists = false;
}

static char *copy(struct str text)
{
	struct buf buf = {0};

	buf_add(&buf, text);
	return buf_take(&buf);
}

bool tls_secret_decode(const struct json_node *object, struct tls_secret *out, struct err *err)
{
	const struct json_node *const data = json_get(object, "data");
	struct arena arena CLEANUP(arena_done);

	arena_init(&arena, 1024);
	out->exists = true;
	out->version =
		copy(json_str(&arena, json_get(json_get(object, "metadata"), "resourceVersion")));
	for (size_t i = 0; i < ARRAY_LEN(KEYS); i++) {
		const struct json_node *const value = json_get(data, KEYS[i].key);
		struct buf text = {0};

		if (!json_present(value))
			continue;
		if (!json_is(value, JSON_STRING) || !base64_read(json_str(&arena, value), &text)) {
			buf_done(&text);
			return err_set(err, ERR_INVALID, "'%s' is not base64", KEYS[i].key);
		}
		*slot(&out->store, i) = buf_take(&text);
	}
	return true;
}

static void add_data(const struct managed_store *store, bool with_absent, struct buf *out)
{
	const char *comma = "";

	buf_add_cstr(out, "\"data\":{");
	for (size_t i = 0; i < ARRAY_LEN(KEYS); i++) {
		const char *const text = text_at(store, i);

		if (text == NULL && !with_absent)
			continue;
		buf_printf(out, "%s\"%s\":", comma, KEYS[i].key);
		comma = ",";
		if (text == NULL) {
			buf_add_cstr(out, "null");
			continue;
		}
		buf_add_char(out, '"');
		buf_add_base64(out, str_from(text));
		buf_add_char(out, '"');
	}
	buf_add_char(out, '}');
}

void tls_secret_create_body(const char *name, const struct managed_store *store, struct buf *out)
{
	buf_add_cstr(out, "{\"apiVersion\":\"v1\",\"kind\":\"Secret\",\"type\":\"Opaque\","
			  "\"metadata\":{\"name\":");
	buf_add_json_str(out, str_from(name));
	buf_add_cstr(out, ",\"labels\":{\"app.kubernetes.io/managed-by\":\"raygate\"}},");
	add_data(store, false, out);
	buf_add_char(out, '}');
}

void tls_secret_patch_body(const char *version, const struct managed_store *store, struct buf *out)
{
	buf_add_cstr(out, "{\"metadata\":{\"resourceVersion\":");
	buf_add_json_str(out, str_from(version));
	buf_add_cstr(out, "},");
	add_data(store, true, out);
	buf_add_char(out, '}');
}

void tls_secret_body_done(struct buf *body)
{
	if (body->at)
		explicit_bzero(body->at, body->cap);
	buf_done(body);
}
