#include "server/quota/account.h"

#include <stdlib.h>
#include <string.h>

#include "api/derived_names.h"
#include "base/hash.h"
#include "base/mem.h"

static void entry_free(struct account_entry *entry)
{
	free(entry->asked);
	free(entry->seen);
	free(entry);
}

void account_free(struct account *account)
{
	struct account_entry *entry;

	for (size_t at = 0; (entry = table_next(&account->entries, &at)) != NULL;)
		entry_free(entry);
	for (size_t i = 0; i < account->names.count; i++)
		free(account->totals[i]);
	table_done(&account->entries);
	strmap_done(&account->names);
	free(account->totals);
	free(account);
}

static bool is_key(const struct table_item *item, const void *key)
{
	const struct account_entry *const entry = (const void *)item;

	return str_eq((struct str){entry->key, entry->key_len}, *(const struct str *)key);
}

static uint32_t hash_of(struct str key)
{
	return (uint32_t)hash_str(hash_process_key(), key);
}

struct account_entry *account_find(const struct account *account, struct str key)
{
	return account ? table_find(&account->entries, hash_of(key), is_key, &key) : NULL;
}

static struct quantity value_of(const struct account_amount *amount)
{
	return quantity_grow((struct quantity_small){amount->whole, amount->rest});
}

static struct account_amount make_amount(struct quantity value, uint32_t total)
{
	const struct quantity_small small = quantity_shrink(value);

	return (struct account_amount){small.whole, small.rest, total};
}

/* NULL where the charge does not name it, and of NULL. */
static const struct account_amount *find_amount(const struct account_charge *charge, uint32_t total)
{
	for (size_t i = 0; charge && i < charge->count; i++) {
		if (charge->amounts[i].total == total)
			return &charge->amounts[i];
	}
	return NULL;
}

static struct quantity charged_of(const struct account_charge *charge, uint32_t total)
{
	const struct account_amount *const amount = find_amount(charge, total);

	return amount ? value_of(amount) : (struct quantity){0};
}

static struct quantity bounded_of(const struct account_charge *charge, uint32_t total)
{
	const struct quantity own = charged_of(charge, total);

	return quantity_is_unbounded(own) ? quantity_whole(0) : own;
}

/* What an entry adds to the totals. Unbounded charges stay out: they could never be taken off. */
static struct quantity counted_of(const struct account_entry *entry, uint32_t total)
{
	if (entry == NULL)
		return (struct quantity){0};
	return quantity_max(bounded_of(entry->asked, total), bounded_of(entry->seen, total));
}

struct quantity account_used_by_others(
	const struct account *account, const struct account_entry *entry, struct str name)
{
	const struct account_total *const total =
		account ? strmap_find(&account->names, name) : NULL;

	return total ? quantity_sub(total->sum, counted_of(entry, total->index))
		     : (struct quantity){0};
}

/* "group/kind/<owner>-xxxxx", or with more of the name in between. */
static bool is_made_for(const struct account_entry *entry, struct str owner)
{
	const struct str key = {entry->key, entry->key_len};
	const char *const slash = memrchr(key.at, '/', key.len);
	const struct str cluster = str_from_offset(key, (size_t)(slash - key.at) + 1);

	return cluster.len > owner.len + DERIVED_SUFFIX_LEN &&
	       memcmp(cluster.at, owner.at, owner.len) == 0 && cluster.at[owner.len] == '-' &&
	       memrchr(cluster.at, '-', cluster.len) ==
		       cluster.at + cluster.len - DERIVED_SUFFIX_LEN - 1;
}

struct quantity account_used_for(const struct account *account, struct str owner, struct str name)
{
	const struct account_total *const total =
		account && owner.len ? strmap_find(&account->names, name) : NULL;
	const struct account_entry *entry;
	struct quantity sum = {0};

	if (total == NULL)
		return sum;
	for (size_t at = 0; (entry = table_next(&account->entries, &at)) != NULL;) {
		if (is_made_for(entry, owner))
			sum = quantity_add(sum, counted_of(entry, total->index));
	}
	return sum;
}

static uint32_t total_for(struct account *account, struct str name)
{
	struct account_total *total = strmap_find(&account->names, name);
	const size_t count = account->names.count;

	if (total == NULL) {
		total = mem_alloc(sizeof(*total));
		total->index = (uint32_t)count;
		account->totals =
			mem_resize(account->totals, (count + 1) * sizeof(struct account_total *));
		account->totals[count] = total;
		strmap_set(&account->names, name, total);
	}
	return total->index;
}

struct account_charge *account_charge(
	struct account *account, const struct ledger_amount *amounts, size_t count)
{
	struct account_charge *const charge =
		mem_alloc(sizeof(struct account_charge) + count * sizeof(struct account_amount));

	charge->count = count;
	for (size_t i = 0; i < count; i++)
		charge->amounts[i] =
			make_amount(amounts[i].value, total_for(account, amounts[i].name));
	return charge;
}

/* Adds, or with `remove` takes off, all that an entry counts: each name of either charge once. */
static void add_to_totals(
	const struct account *account, const struct account_entry *entry, bool remove)
{
	const struct account_charge *const both[] = {entry->asked, entry->seen};

	for (size_t c = 0; c < ARRAY_LEN(both); c++) {
		for (size_t i = 0; both[c] && i < both[c]->count; i++) {
			const uint32_t total = both[c]->amounts[i].total;
			struct quantity *const sum = &account->totals[total]->sum;
			const struct quantity counted = counted_of(entry, total);
			/* It was counted with what was asked, be that zero of it. */
			const bool again = c == 1 && find_amount(entry->asked, total);

			if (!again && !quantity_is_zero(counted))
				*sum = remove ? quantity_sub(*sum, counted)
					      : quantity_add(*sum, counted);
		}
	}
}

struct account_entry *account_add(struct account *account, struct str key)
{
	struct account_entry *const entry = mem_alloc(sizeof(*entry) + key.len);

	entry->item.hash = hash_of(key);
	entry->key_len = (uint32_t)key.len;
	memcpy(entry->key, key.at, key.len);
	table_add(&account->entries, &entry->item);
	return entry;
}

bool account_is_empty(const struct account_entry *entry)
{
	return entry->asked == NULL && entry->seen == NULL;
}

void account_remove_at(struct account *account, size_t *at, struct account_entry *entry)
{
	table_remove_at(&account->entries, at);
	entry_free(entry);
}

void account_remove(struct account *account, struct account_entry *entry)
{
	table_remove(&account->entries, &entry->item);
	entry_free(entry);
}

void account_raise(struct account_charge *charge, const struct account_charge *before)
{
	for (size_t i = 0; before && i < charge->count; i++) {
		struct account_amount *const amount = &charge->amounts[i];

		*amount = make_amount(
			quantity_max(value_of(amount), charged_of(before, amount->total)),
			amount->total);
	}
}

bool account_covers(const struct account_charge *seen, const struct account_charge *asked)
{
	for (size_t i = 0; i < asked->count; i++) {
		const struct account_amount *const amount = &asked->amounts[i];

		if (quantity_cmp(value_of(amount), charged_of(seen, amount->total)) > 0)
			return false;
	}
	return true;
}

void account_replace(struct account *account, struct account_entry *entry,
	struct account_charge **place, struct account_charge *charge)
{
	add_to_totals(account, entry, true);
	if (place == &entry->asked)
		account->asked += (size_t)(charge != NULL) - (size_t)(entry->asked != NULL);
	free(*place);
	*place = charge;
	add_to_totals(account, entry, false);
}
