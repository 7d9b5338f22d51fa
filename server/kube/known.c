#include "server/kube/known.h"

#include <stdlib.h>
#include <string.h>

#include "base/hash.h"
#include "base/mem.h"

/* The key that items are found by. */
struct key {
	struct str namespace, name;
};

struct known {
	struct table_item item;
	uint32_t round; /* that saw it last */
	uint32_t namespace_len, name_len;
	char text[]; /* both, one behind the other */
};

static struct key key_of(const struct known *known)
{
	return (struct key){
		{known->text, known->namespace_len},
		{known->text + known->namespace_len, known->name_len},
	};
}

static uint32_t hash_of(const struct key *key)
{
	const struct hash_key *const by = hash_process_key();

	return (uint32_t)(hash_str(by, key->namespace) * 31 + hash_str(by, key->name));
}

static bool is_key(const struct table_item *item, const void *of)
{
	const struct key *const key = of;
	const struct key own = key_of((const void *)item);

	return str_eq(own.name, key->name) && str_eq(own.namespace, key->namespace);
}

static struct known *find(const struct kube_known *known, const struct key *key)
{
	return table_find(&known->names, hash_of(key), is_key, key);
}

void kube_known_begin(struct kube_known *known)
{
	known->round++;
}

/* Returns what is behind it. */
static char *put(char *at, struct str text)
{
	if (text.len)
		memcpy(at, text.at, text.len);
	return at + text.len;
}

static struct known *add(struct kube_known *known, const struct key *key)
{
	struct known *const one = mem_alloc(sizeof(*one) + key->namespace.len + key->name.len);

	one->item.hash = hash_of(key);
	one->namespace_len = (uint32_t)key->namespace.len;
	one->name_len = (uint32_t)key->name.len;
	put(put(one->text, key->namespace), key->name);
	table_add(&known->names, &one->item);
	return one;
}

void kube_known_see(struct kube_known *known, struct str namespace, struct str name)
{
	const struct key key = {namespace, name};
	struct known *one = find(known, &key);

	if (one == NULL)
		one = add(known, &key);
	one->round = known->round;
}

bool kube_known_forget(struct kube_known *known, struct str namespace, struct str name)
{
	struct known *const one = find(known, &(struct key){namespace, name});

	if (one == NULL)
		return false;
	table_remove(&known->names, &one->item);
	free(one);
	return true;
}

void kube_known_sweep(struct kube_known *known, kube_gone_fn gone, void *context)
{
	struct known *one;

	for (size_t at = 0; (one = table_next(&known->names, &at)) != NULL;) {
		const struct key key = key_of(one);

		if (one->round == known->round)
			continue;
		table_remove_at(&known->names, &at);
		gone(context, key.namespace, key.name);
		free(one);
	}
}

void kube_known_done(struct kube_known *known)
{
	void *one;

	for (size_t at = 0; (one = table_next(&known->names, &at)) != NULL;)
		free(one);
	table_done(&known->names);
}
