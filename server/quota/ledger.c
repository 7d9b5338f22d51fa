#include "server/quota/ledger.h"

#include <pthread.h>
#include <stdlib.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/mem.h"
#include "base/strmap.h"

/* Smaller than a ledger_amount, as each cluster has some: the account's total says of what. */
struct amount {
	quantity_int nano;
	struct quantity *total;
	enum quantity_format format;
};

struct charge {
	size_t count;
	struct amount amounts[];
};

/* A cluster: of each amount the larger of both counts. */
struct entry {
	struct charge *asked; /* what we admitted last, until it is seen; or NULL */
	struct charge *seen;  /* what is there; or NULL */
	int64_t until;        /* clock_now() when `asked` ends */
};

/* Of one namespace: its clusters, and what they come to together. */
struct account {
	struct strmap entries; /* key → struct entry */
	struct strmap totals;  /* name → struct quantity; stays as long as the account */
	size_t asked;          /* entries that have one */
};

struct ledger {
	pthread_mutex_t mutex;
	struct strmap accounts; /* namespace → struct account */
	size_t clusters;
	size_t clusters_max;
	bool watched, known;
};

struct ledger *ledger_new(size_t clusters_max)
{
	struct ledger *const ledger = mem_alloc(sizeof(*ledger));

	pthread_mutex_init(&ledger->mutex, NULL);
	ledger->clusters_max = clusters_max;
	return ledger;
}

struct ledger *ledger_new_watched(size_t clusters_max)
{
	struct ledger *const ledger = ledger_new(clusters_max);

	ledger->watched = true;
	return ledger;
}

static void entry_free(struct entry *entry)
{
	free(entry->asked);
	free(entry->seen);
	free(entry);
}

static void account_free(struct account *account)
{
	const struct strmap_entry *it;

	for (size_t at = 0; (it = strmap_next(&account->entries, &at)) != NULL;)
		entry_free(it->value);
	for (size_t at = 0; (it = strmap_next(&account->totals, &at)) != NULL;)
		free(it->value);
	strmap_done(&account->entries);
	strmap_done(&account->totals);
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

static struct quantity value_of(const struct amount *amount)
{
	return (struct quantity){amount->nano, amount->format};
}

/* Zero of NULL. */
static struct quantity charged_of(const struct charge *charge, const struct quantity *total)
{
	for (size_t i = 0; charge && i < charge->count; i++) {
		if (charge->amounts[i].total == total)
			return value_of(&charge->amounts[i]);
	}
	return (struct quantity){0};
}

static struct quantity bounded_of(const struct charge *charge, const struct quantity *total)
{
	const struct quantity own = charged_of(charge, total);

	return quantity_is_unbounded(own) ? quantity_whole(0) : own;
}

/* What an entry adds to the totals. Unbounded charges stay out: they could never be taken off. */
static struct quantity counted_of(const struct entry *entry, const struct quantity *total)
{
	if (entry == NULL)
		return (struct quantity){0};
	return quantity_max(bounded_of(entry->asked, total), bounded_of(entry->seen, total));
}

static struct quantity used_by_others(
	const struct account *account, const struct entry *entry, struct str name)
{
	const struct quantity *const total = account ? strmap_find(&account->totals, name) : NULL;

	return total ? quantity_sub(*total, counted_of(entry, total)) : (struct quantity){0};
}

static void find_excess(const struct ledger_claim *claim, const struct account *account,
	const struct entry *before, struct ledger_result *out)
{
	for (size_t i = 0; i < claim->hard_count; i++) {
		const struct str name = claim->hard[i].name;
		const struct quantity used = used_by_others(account, before, name);
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

static struct quantity *total_for(struct account *account, struct str name)
{
	struct quantity *total = strmap_find(&account->totals, name);

	if (total == NULL) {
		total = mem_alloc(sizeof(*total));
		strmap_set(&account->totals, name, total);
	}
	return total;
}

static struct charge *charge_new(
	struct account *account, const struct ledger_amount *amounts, size_t count)
{
	struct charge *const charge =
		mem_alloc(sizeof(struct charge) + count * sizeof(struct amount));

	charge->count = count;
	for (size_t i = 0; i < count; i++)
		charge->amounts[i] = (struct amount){amounts[i].value.nano,
			total_for(account, amounts[i].name), amounts[i].value.format};
	return charge;
}

/* Adds, or with `remove` takes off, all that an entry counts: each name of either charge once. */
static void add_to_totals(const struct entry *entry, bool remove)
{
	const struct charge *const both[] = {entry->asked, entry->seen};

	for (size_t c = 0; c < ARRAY_LEN(both); c++) {
		for (size_t i = 0; both[c] && i < both[c]->count; i++) {
			struct quantity *const total = both[c]->amounts[i].total;
			const struct quantity counted = counted_of(entry, total);
			const bool again = c == 1 && entry->asked &&
					   !quantity_is_zero(bounded_of(entry->asked, total));

			if (!again && !quantity_is_zero(counted))
				*total = remove ? quantity_sub(*total, counted)
						: quantity_add(*total, counted);
		}
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

static struct entry *entry_for(struct ledger *ledger, struct account *account, struct str key)
{
	struct entry *entry = strmap_find(&account->entries, key);

	if (entry == NULL) {
		entry = mem_alloc(sizeof(*entry));
		strmap_set(&account->entries, key, entry);
		ledger->clusters++;
	}
	return entry;
}

/* Puts a charge in the place of another; takes both over. */
static void replace(
	struct account *account, struct entry *entry, struct charge **place, struct charge *charge)
{
	add_to_totals(entry, true);
	if (place == &entry->asked)
		account->asked += (size_t)(charge != NULL) - (size_t)(entry->asked != NULL);
	free(*place);
	*place = charge;
	add_to_totals(entry, false);
}

/* An entry that holds nothing any more is no entry. Says whether the account is still there. */
static bool tidy(
	struct ledger *ledger, struct account *account, struct str namespace, struct str key)
{
	struct entry *const entry = strmap_find(&account->entries, key);

	if (entry && entry->asked == NULL && entry->seen == NULL) {
		strmap_remove(&account->entries, key);
		entry_free(entry);
		ledger->clusters--;
	}
	if (account->entries.count > 0)
		return true;
	strmap_remove(&ledger->accounts, namespace);
	account_free(account);
	return false;
}

/* Ends what was admitted and never seen. */
static void expire(struct ledger *ledger, struct str namespace)
{
	struct account *const account = strmap_find(&ledger->accounts, namespace);
	const int64_t now = clock_now();
	const struct strmap_entry *it;

	for (size_t at = 0;
		account && account->asked && (it = strmap_next(&account->entries, &at)) != NULL;) {
		struct entry *const entry = it->value;

		if (entry->asked == NULL || entry->until > now)
			continue;
		replace(account, entry, &entry->asked, NULL);
		if (!tidy(ledger, account, namespace, it->key))
			return;
	}
}

/* Room is made where namespaces that nobody asks about hold what was never seen. */
static void expire_all(struct ledger *ledger)
{
	const struct strmap_entry *it;

	for (size_t at = 0; (it = strmap_next(&ledger->accounts, &at)) != NULL;)
		expire(ledger, it->key);
}

/* While an earlier one is not seen yet, the larger counts. */
static struct charge *larger(
	struct account *account, const struct charge *before, const struct ledger_claim *claim)
{
	struct charge *const charge = charge_new(account, claim->charge, claim->charge_count);

	for (size_t i = 0; before && i < charge->count; i++) {
		struct amount *const amount = &charge->amounts[i];
		const struct quantity most =
			quantity_max(value_of(amount), charged_of(before, amount->total));

		amount->nano = most.nano;
		amount->format = most.format;
	}
	return charge;
}

static void record(struct ledger *ledger, const struct ledger_claim *claim, struct str key)
{
	struct account *const account = account_for(ledger, claim->key.namespace);
	struct entry *const entry = entry_for(ledger, account, key);

	replace(account, entry, &entry->asked,
		larger(account, ledger->watched ? entry->asked : NULL, claim));
	entry->until =
		ledger->watched ? clock_now() + LEDGER_UNSEEN_SECONDS * CLOCK_SECOND : INT64_MAX;
}

static bool is_full(struct ledger *ledger)
{
	if (ledger->clusters >= ledger->clusters_max)
		expire_all(ledger);
	return ledger->clusters >= ledger->clusters_max;
}

static void reserve(struct ledger *ledger, const struct ledger_claim *claim, struct str key,
	struct ledger_result *out)
{
	if (claim->raises && ledger->watched && !ledger->known) {
		out->answer = LEDGER_BUSY;
		return;
	}
	expire(ledger, claim->key.namespace);
	const struct account *account = strmap_find(&ledger->accounts, claim->key.namespace);
	const struct entry *const before = account ? strmap_find(&account->entries, key) : NULL;

	if (claim->raises)
		find_excess(claim, account, before, out);
	if (out->answer != LEDGER_FITS)
		return;
	const bool full = before == NULL && is_full(ledger);

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

static void drop(struct ledger *ledger, struct str namespace, struct str key, bool asked_too)
{
	struct account *const account = strmap_find(&ledger->accounts, namespace);
	struct entry *const entry = account ? strmap_find(&account->entries, key) : NULL;

	if (entry == NULL)
		return;
	replace(account, entry, &entry->seen, NULL);
	if (asked_too)
		replace(account, entry, &entry->asked, NULL);
	tidy(ledger, account, namespace, key);
}

void ledger_release(struct ledger *ledger, const struct ledger_key *key)
{
	CLEANUP(buf_done) struct buf text = {0};

	print_key(key, &text);
	pthread_mutex_lock(&ledger->mutex);
	drop(ledger, key->namespace, buf_str(&text), true);
	pthread_mutex_unlock(&ledger->mutex);
}

/* Whether what is there is at least what was asked for, so that this need not be kept. */
static bool covers(const struct charge *seen, const struct charge *asked)
{
	for (size_t i = 0; i < asked->count; i++) {
		const struct amount *const amount = &asked->amounts[i];

		if (quantity_cmp(value_of(amount), charged_of(seen, amount->total)) > 0)
			return false;
	}
	return true;
}

void ledger_see(struct ledger *ledger, const struct ledger_key *key,
	const struct ledger_amount *charge, size_t charge_count)
{
	CLEANUP(buf_done) struct buf text = {0};

	print_key(key, &text);
	pthread_mutex_lock(&ledger->mutex);
	struct account *const account = account_for(ledger, key->namespace);
	struct entry *const entry = entry_for(ledger, account, buf_str(&text));

	replace(account, entry, &entry->seen, charge_new(account, charge, charge_count));
	if (entry->asked && covers(entry->seen, entry->asked))
		replace(account, entry, &entry->asked, NULL);
	pthread_mutex_unlock(&ledger->mutex);
}

/* What was admitted under the same name meanwhile is another cluster, on its way. */
void ledger_unsee(struct ledger *ledger, const struct ledger_key *key)
{
	CLEANUP(buf_done) struct buf text = {0};

	print_key(key, &text);
	pthread_mutex_lock(&ledger->mutex);
	drop(ledger, key->namespace, buf_str(&text), false);
	pthread_mutex_unlock(&ledger->mutex);
}

void ledger_set_known(struct ledger *ledger)
{
	pthread_mutex_lock(&ledger->mutex);
	ledger->known = true;
	pthread_mutex_unlock(&ledger->mutex);
}

static void forget_seen(struct ledger *ledger, struct account *account, struct str namespace)
{
	const struct strmap_entry *it;

	for (size_t at = 0; (it = strmap_next(&account->entries, &at)) != NULL;) {
		struct entry *const entry = it->value;

		replace(account, entry, &entry->seen, NULL);
		if (!tidy(ledger, account, namespace, it->key))
			return;
	}
}

void ledger_start_over(struct ledger *ledger)
{
	const struct strmap_entry *it;

	pthread_mutex_lock(&ledger->mutex);
	ledger->known = false;
	for (size_t at = 0; (it = strmap_next(&ledger->accounts, &at)) != NULL;)
		forget_seen(ledger, it->value, it->key);
	pthread_mutex_unlock(&ledger->mutex);
}

size_t ledger_count(struct ledger *ledger)
{
	pthread_mutex_lock(&ledger->mutex);
	const size_t count = ledger->clusters;

	pthread_mutex_unlock(&ledger->mutex);
	return count;
}
