/* The members of one kubeconfig entry, read by a table into a struct of strings and flags. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "base/attr.h"
#include "base/err.h"
#include "base/mem.h"
#include "base/yaml.h"

struct kubeconfig_file {
	const char *path;
	const char *folder; /* relative paths in the file start here */
	struct yaml_doc doc;
};

/* An object of a file, with the words that name it in errors: "user 'admin'". */
struct kubeconfig_entry {
	const struct kubeconfig_file *file;
	const char *what;
	const struct json_node *object;
	struct arena *arena; /* where strings go */
};

enum kubeconfig_kind {
	KUBECONFIG_TEXT, /* const char * */
	KUBECONFIG_FLAG, /* bool */
	KUBECONFIG_DATA, /* const char *: base64 of PEM text */
	KUBECONFIG_PATH, /* const char *: a file, relative to the kubeconfig's folder */
	KUBECONFIG_LIST, /* const char *const *: strings, NULL behind the last */
};

struct kubeconfig_field {
	const char *key;
	enum kubeconfig_kind kind;
	size_t offset;
};

/* Members that are absent, null or empty leave `into` as it is; those in no row are passed over. */
MUST_CHECK bool kubeconfig_fields_read(const struct kubeconfig_entry *entry,
	const struct kubeconfig_field *fields, size_t count, void *into, struct err *err);

/* Sets `err` to "kubeconfig 'file', line 7, user 'admin': …"; returns false. */
bool kubeconfig_fail(const struct kubeconfig_entry *entry, const struct json_node *at,
	struct err *err, const char *format, ...) PRINTF_LIKE(4, 5);

/* As the file's own folder says it: absolute paths stay. */
const char *kubeconfig_path(const struct kubeconfig_entry *entry, struct str path);
