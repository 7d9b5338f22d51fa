#include "server/quota/ledger.h"

#include <pthread.h>
#include <stdlib.h>

#include "base/buf.h"
#include "base/mem.h"
#include "base/strmap.h"

struct charge {
	size_t count;
	struct ledger_amount amounts[]; /* names are the charge's own copies */
};

/* Of one namespace: its clusters, and what they come to together. */
struct account {
	struct strmap charges; /* key → struct charge */
	struct strmap totals;  /* amount → struct quantity */
};

struct ledger {
	pthread_mutex_t mutex;
	struct strmap accounts; /* namespace → struct account */
	size_t clusters;
	size_t clusters_max;
};

struct ledger *ledger_new(size_t clusters_max)
{
	struct ledger *const ledger = mem_alloc(sizeof(*ledger));

	pthread_mutex_init(&ledger->mutex, NULL);
	ledger->clusters_max = clusters_max;
	return ledger;
}

static void free_values(struct strmap *map)
{
	const struct strmap_entry *entry;

	for (size_t at = 0; (entry = strmap_next(map, &at)) != NULL;)
		free(entry->value);
	strmap_done(map);
}

static void account_free(struct account *account)
{
	free_values(&account->charges);
	free_values(&account->totals);
	free(account);
}

void ledger_free(struct ledger **ledger)
{
	const struct strmap_entry *entry;

	if (*ledger == NULL)
		return;
	for (size_t at = 0; (entry = strmap_next(&(*ledger)->accounts, &at)) != NULL;)
		account_free(entry->value);
	strmap_done(&(*ledger)->accounts);
	pthread_mutex_destroy(&(*ledger)->mutex);
	free(*ledger);
	*ledger = NULL;
}

/* A name cannot hold a slash; before there is a name, the uid tells clusters apart. */
static void print_key(const struct ledger_key *key, struct buf *out)
{
	const struct str last = key->name.len ? key->name : key->uid;

	buf_printf(out, "%.*s/%.*s/%.*s", STR_ARG(key->group), STR_ARG(key->kind), STR_ARG(last));
}

static struct quantity amount_of(const struct ledger_amount *amounts, size_t count, struct str name)
{
	for (size_t i = 0; i < count; i++) {
		if (str_eq(amounts[i].name, name))
			return amounts[i].value;
	}
	return (struct quantity){0};
}

static struct quantity total_of(const struct account *account, struct str name)
{
	const struct quantity *const total = account ? strmap_find(&account->totals, name) : NULL;

	return total ? *total : (struct quantity){0};
}

/* What a charge has added to the totals, where unbounded ones are not. */
static struct quantity counted_of(const struct charge *charge, struct str name)
{
	struct quantity own = {0};

	if (charge)
		own = amount_of(charge->amounts, charge->count, name);
	return quantity_is_unbounded(own) ? quantity_whole(0) : own;
}

static void find_excess(const struct ledger_claim *claim, const struct account *account,
	const struct charge *before, struct ledger_result *out)
{
	for (size_t i = 0; i < claim->hard_count; i++) {
		const struct str name = claim->hard[i].name;
		const struct quantity used =
			quantity_sub(total_of(account, name), counted_of(before, name));
		const struct quantity asked = amount_of(claim->charge, claim->charge_count, name);

		if (quantity_is_zero(asked) ||
			quantity_cmp(quantity_add(used, asked), claim->hard[i].value) <= 0)
			continue;
		if (out->excess_count < LEDGER_EXCESS_MAX)
			out->excess[out->excess_count++] =
				(struct ledger_excess){name, claim->hard[i].value, used, asked};
	}
	if (out->excess_count)
		out->answer = LEDGER_EXCEEDED;
}

static struct charge *charge_new(const struct ledger_claim *claim)
{
	size_t text = 0;

	for (size_t i = 0; i < claim->charge_count; i++)
		text += claim->charge[i].name.len;
	const size_t fixed =
		sizeof(struct charge) + claim->charge_count * sizeof(struct ledger_amount);
	struct charge *const charge = mem_alloc(fixed + text);
	char *at = (char *)charge + fixed;

	charge->count = claim->charge_count;
	for (size_t i = 0; i < charge->count; i++) {
		const struct ledger_amount *const from = &claim->charge[i];

		for (size_t b = 0; b < from->name.len; b++)
			at[b] = from->name.at[b];
		charge->amounts[i] = (struct ledger_amount){
			{at, from->name.len},
                        from->value
                };
		at += from->name.len;
	}
	return charge;
}

/* Unbounded charges stay out of the totals: they could never be taken off again. */
static void add_to_totals(struct account *account, const struct charge *charge, bool remove)
{
	for (size_t i = 0; i < charge->count; i++) {
		const struct ledger_amount *const amount = &charge->amounts[i];
		struct quantity *total = strmap_find(&account->totals, amount->name);

		if (quantity_is_unbounded(amount->value))
			continue;
		if (total == NULL) {
			total = mem_alloc(sizeof(*total));
			strmap_set(&account->totals, amount->name, total);
		}
		*total = remove ? quantity_sub(*total, amount->value)
				: quantity_add(*total, amount->value);
	}
}

static struct account *account_for(struct ledger *ledger, struct str namespace)
{
	struct account *account = strmap_find(&ledger->accounts, namespace);

	if (account == NULL) {
		account = mem_alloc(sizeof(*account));
		strmap_set(&ledger->accounts, namespace, account);
	}
	return account;
}

static void record(struct ledger *ledger, const struct ledger_claim *claim, struct str key)
{
	struct account *const account = account_for(ledger, claim->key.namespace);
	struct charge *const charge = charge_new(claim);
	struct charge *const before = strmap_set(&account->charges, key, charge);

	if (before) {
		add_to_totals(account, before, true);
		free(before);
	} else {
		ledger->clusters++;
	}
	add_to_totals(account, charge, false);
}

static void reserve(struct ledger *ledger, const struct ledger_claim *claim, struct str key,
	struct ledger_result *out)
{
	const struct account *const account = strmap_find(&ledger->accounts, claim->key.namespace);
	const struct charge *const before = account ? strmap_find(&account->charges, key) : NULL;

	if (claim->raises)
		find_excess(claim, account, before, out);
	if (out->answer != LEDGER_FITS)
		return;
	const bool full = before == NULL && ledger->clusters >= ledger->clusters_max;

	if (full && claim->raises)
		out->answer = LEDGER_FULL;
	else if (!full && !claim->dry_run)
		record(ledger, claim, key);
}

void ledger_reserve(
	struct ledger *ledger, const struct ledger_claim *claim, struct ledger_result *out)
{
	CLEANUP(buf_done) struct buf key = {0};

	*out = (struct ledger_result){.answer = LEDGER_FITS};
	print_key(&claim->key, &key);
	pthread_mutex_lock(&ledger->mutex);
	reserve(ledger, claim, buf_str(&key), out);
	pthread_mutex_unlock(&ledger->mutex);
}

static void release(struct ledger *ledger, struct str namespace, struct str key)
{
	struct account *const account = strmap_find(&ledger->accounts, namespace);
	struct charge *const charge = account ? strmap_remove(&account->charges, key) : NULL;

	if (charge == NULL)
		return;
	add_to_totals(account, charge, true);
	free(charge);
	ledger->clusters--;
	if (account->charges.count == 0) {
		strmap_remove(&ledger->accounts, namespace);
		account_free(account);
	}
}

void ledger_release(struct ledger *ledger, const struct ledger_key *key)
{
	CLEANUP(buf_done) struct buf text = {0};

	print_key(key, &text);
	pthread_mutex_lock(&ledger->mutex);
	release(ledger, key->namespace, buf_str(&text));
	pthread_mutex_unlock(&ledger->mutex);
}

size_t ledger_count(struct ledger *ledger)
{
	pthread_mutex_lock(&ledger->mutex);
	const size_t count = ledger->clusters;

	pthread_mutex_unlock(&ledger->mutex);
	return count;
}
