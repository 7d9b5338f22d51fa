#include "server/kube/known.h"

static struct str key_of(struct kube_known *known, struct str namespace, struct str name)
{
	known->key.len = 0;
	buf_add(&known->key, namespace);
	buf_add_char(&known->key, '/');
	buf_add(&known->key, name);
	return buf_str(&known->key);
}

void kube_known_begin(struct kube_known *known)
{
	known->round++;
}

void kube_known_see(struct kube_known *known, struct str namespace, struct str name)
{
	/* The first round is 1, so this is never NULL. */
	known->round += known->round == 0;
	strmap_set(&known->map, key_of(known, namespace, name), (void *)known->round);
}

bool kube_known_forget(struct kube_known *known, struct str namespace, struct str name)
{
	return strmap_remove(&known->map, key_of(known, namespace, name)) != NULL;
}

void kube_known_sweep(struct kube_known *known, kube_gone_fn gone, void *context)
{
	const struct strmap_entry *entry;

	for (size_t at = 0; (entry = strmap_next(&known->map, &at)) != NULL;) {
		if ((uintptr_t)entry->value == known->round)
			continue;
		/* The map frees its own copy. */
		known->key.len = 0;
		buf_add(&known->key, entry->key);
		const struct str key = buf_str(&known->key);
		const size_t slash = str_find(key, '/');

		strmap_remove(&known->map, key);
		gone(context, (struct str){key.at, slash}, str_from_offset(key, slash + 1));
	}
}

void kube_known_done(struct kube_known *known)
{
	strmap_done(&known->map);
	buf_done(&known->key);
}
