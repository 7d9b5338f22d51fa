#include "server/serve/cert_keeper.h"

#include <pthread.h>
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/thread.h"
#include "certs/managed.h"
#include "certs/when.h"
#include "server/serve/cert_store.h"

enum {
	STEPS_MAX = 4, /* in one look; more follow in the next */
	PAUSE_S = 10,
	SOON_S = 2,
	CALM_S = 60, /* that nothing is to be done holds no longer: time alone makes things due */
};

/* How long an API server may take until it works with a bundle that we have read back. */
#define SETTLE (10 * CLOCK_SECOND)

struct cert_keeper {
	struct cert_keeper_options options;
	struct cert_store store;
	struct kube_stop *stop;

	/* Of the thread alone. */
	struct managed_store served; /* empty until something is */
	struct serving_pair *pair;   /* the same, parsed; NULL until something is */
	struct buf published;        /* the caBundle that every webhook was last seen to have */
	int64_t published_since;     /* clock_now() */
	int64_t pause;               /* until the next look */
	char told[sizeof(((struct err *)0)->text)]; /* the last trouble, so that it is told once */
	bool is_distrusted;                         /* as far as was told */
	uint64_t calm;      /* what was seen when there was nothing to do; 0: there was … */
	int64_t calm_until; /* … and until when that holds for the same (clock_now()) */

	pthread_t thread;
	pthread_mutex_t mutex;
	pthread_cond_t wake;
	bool is_poked, is_stopping;
};

static bool leads(const struct cert_keeper *k)
{
	return k->options.leads == NULL || k->options.leads(k->options.context);
}

static bool publishes(const struct cert_keeper *k)
{
	return k->options.configuration && !k->options.is_injected && leads(k);
}

static void tell(const struct cert_keeper *k, bool warning, const char *reason, const char *text)
{
	if (k->options.tell)
		k->options.tell(k->options.context, warning, reason, text);
}

static void tell_stored(const struct cert_keeper *k, const char *why)
{
	char text[128];

	snprintf(text, sizeof(text), "stored anew, because %s", why);
	tell(k, false, "CertificateStored", text);
}

static int64_t now_s(void)
{
	return clock_wall() / CLOCK_SECOND;
}

/* The Secret; or the folder, whose pair is somebody else's to renew and to serve. */
static bool read_folder(struct cert_keeper *k, struct err *err)
{
	const struct serving_options options = {.dir = k->options.dir};
	struct managed_store *const store = &k->store.secret.store;
	struct serving_pair *pair = NULL;

	if (!serving_load(&options, &pair, err))
		return false;
	managed_store_done(store);
	store->tls_crt = mem_strdup(pair->cert_pem);
	store->ca_crt = pair->ca_pem ? mem_strdup(pair->ca_pem) : NULL;
	serving_free(&k->pair);
	k->pair = pair;
	return true;
}

static bool read_pair(struct cert_keeper *k, struct err *err)
{
	return k->options.dir ? read_folder(k, err) : cert_store_read_secret(&k->store, err);
}

static bool read_webhooks(struct cert_keeper *k, struct err *err)
{
	return cert_store_read_webhooks(&k->store, err);
}

/* Whether all that is to be trusted has been known to the API servers for a while. */
static bool is_settled(const struct cert_keeper *k)
{
	struct buf wanted CLEANUP(buf_done) = {0};
	struct err err;

	return managed_bundle(&k->store.secret.store, &wanted, &err) && wanted.len &&
	       str_eq(buf_str(&wanted), buf_str(&k->published)) &&
	       clock_now() - k->published_since >= SETTLE;
}

static struct managed_view view_of(const struct cert_keeper *k)
{
	return (struct managed_view){
		.stored = &k->store.secret.store,
		.served = k->pair ? &k->served : NULL,
		.hosts = k->options.hosts,
		.host_count = k->options.host_count,
		.life = k->options.life,
		.leads = leads(k),
		.is_published = is_settled(k),
		.has_bundles =
			!k->store.webhooks_are_known || cert_store_webhook_count(&k->store) > 0,
		.now = now_s(),
	};
}

/* `*again` when there may be more to do. */
static bool take_step(struct cert_keeper *k, bool *again, struct err *err)
{
	const struct managed_view view = view_of(k);
	struct managed_store next CLEANUP(managed_store_done) = {0};
	struct managed_plan plan;

	*again = false;
	if (!managed_decide(&view, &plan, err))
		return err_wrap(
			err, "Secret '%s' (delete it to have a new one made)", k->options.secret);
	if (plan.step == MANAGED_KEEP)
		return true;
	*again = true;
	if (!managed_take_step(&view, plan.step, &next, err))
		return false;
	if (!cert_store_write_secret(&k->store, &next, err))
		return err->code == ERR_CONFLICT && cert_store_read_secret(&k->store, err);
	LOG(INFO, "certificate stored", KV("why", plan.why), KV("secret", k->options.secret));
	tell_stored(k, plan.why);
	return true;
}

static bool renew(struct cert_keeper *k, struct err *err)
{
	bool again = k->options.dir == NULL;

	for (int i = 0; again && i < STEPS_MAX; i++)
		if (!take_step(k, &again, err))
			return false;
	return true;
}

/* What the API server would refuse does not replace what it accepts. */
static bool is_worse(const struct cert_keeper *k, const struct serving_pair *pair)
{
	return k->pair && !cert_store_trusts(&k->store, pair, now_s()) &&
	       cert_store_trusts(&k->store, k->pair, now_s());
}

static bool take(struct cert_keeper *k, struct serving_pair **pair, struct err *err)
{
	const bool is_same = k->pair && strcmp((*pair)->cert_pem, k->pair->cert_pem) == 0;

	if (!is_same && is_worse(k, *pair))
		return true;
	if (!is_same && k->options.take && !k->options.take(k->options.context, *pair, err))
		return false;
	serving_free(&k->pair);
	k->pair = *pair;
	*pair = NULL;
	managed_store_done(&k->served);
	k->served = managed_store_copy(&k->store.secret.store);
	return true;
}

static bool serve(struct cert_keeper *k, struct err *err)
{
	const struct managed_store *const stored = &k->store.secret.store;
	struct serving_pair *pair CLEANUP(serving_free) = NULL;

	if (k->options.dir || managed_store_is_empty(stored) ||
		managed_store_equals(stored, &k->served))
		return true;
	if (!managed_pair(stored, &pair, err))
		return err_wrap(err, "Secret '%s'", k->options.secret);
	return take(k, &pair, err);
}

/* Counted from when it was read back, not from when it was written. */
static void note_published(struct cert_keeper *k, struct str bundle)
{
	if (str_eq(bundle, buf_str(&k->published)))
		return;
	k->published.len = 0;
	buf_add(&k->published, bundle);
	k->published_since = clock_now();
}

static bool publish(struct cert_keeper *k, struct err *err)
{
	struct buf wanted CLEANUP(buf_done) = {0};
	bool changed = false;

	if (!publishes(k) || cert_store_webhook_count(&k->store) == 0) {
		k->published.len = 0;
		return true;
	}
	if (!managed_bundle(&k->store.secret.store, &wanted, err))
		return false;
	if (wanted.len == 0)
		return true; /* whoever brought the pair tells no CA, and patches by himself */
	if (!cert_store_publish(&k->store, buf_str(&wanted), &changed, err))
		return false;
	if (changed) {
		LOG(INFO, "caBundle patched", KV("configuration", k->options.configuration));
		k->published.len = 0;
	} else {
		note_published(k, buf_str(&wanted));
	}
	return true;
}

static void report_trouble(struct cert_keeper *k, const struct err *err)
{
	const bool is_new = strcmp(k->told, err->text) != 0;

	memcpy(k->told, err->text, sizeof(k->told));
	health_bad(k->options.health, HEALTH_CERTIFICATES, "%s", err->text);
	if (!is_new)
		return;
	LOG(ERROR, "certificate trouble", KV("error", err->text));
	/* What may be better in a moment is no news for an Event. */
	if (err->code != ERR_UNAVAILABLE && err->code != ERR_CONFLICT)
		tell(k, true, "CertificateTrouble", err->text);
}

/* One that is out of time is served all the same: it may be our clock that is wrong. */
static void report_pair(struct cert_keeper *k)
{
	char date[WHEN_SIZE];
	struct err err;

	if (k->pair && !serving_is_in_time(k->pair, now_s(), &err)) {
		report_trouble(k, &err);
		return;
	}
	k->told[0] = '\0';
	if (k->pair == NULL)
		return;
	when_date(k->pair->not_after, date);
	health_fine(k->options.health, HEALTH_CERTIFICATES, "good until %s", date);
}

/* Whoever brought a pair without its CA is to put it into the webhooks himself. */
static void report_distrust(struct cert_keeper *k)
{
	const bool has_no_ca = k->options.dir && k->store.secret.store.ca_crt == NULL;
	const char *const why =
		has_no_ca ? "; there is no ca.crt, which would be put into its caBundle" : "";

	health_bad(k->options.health, HEALTH_CA_BUNDLE,
		"a webhook of configuration '%s' does not trust what is served%s",
		k->options.configuration, why);
	if (!k->is_distrusted)
		LOG(WARN, "a webhook does not trust what is served",
			KV("configuration", k->options.configuration),
			KV("caKnown", has_no_ca ? "no" : "yes"));
}

/* Without a ca.crt, where an injector writes the caBundle: API servers may know its CA anyway. */
static bool is_publicly_trusted(const struct cert_keeper *k)
{
	return k->options.is_injected && k->store.secret.store.ca_crt == NULL;
}

/* Only what was really seen decides: the API server may be away for long, and we stay ready. */
static void report_bundle(struct cert_keeper *k)
{
	struct health *const health = k->options.health;
	const size_t count = cert_store_webhook_count(&k->store);

	if (k->options.configuration == NULL || !k->store.webhooks_are_known || k->pair == NULL)
		return;
	if (count == 0)
		health_fine(health, HEALTH_CA_BUNDLE, "there is no webhook configuration '%s'",
			k->options.configuration);
	else if (cert_store_trusts(&k->store, k->pair, now_s()))
		health_fine(health, HEALTH_CA_BUNDLE, "%zu webhooks trust what is served", count);
	else if (is_publicly_trusted(k))
		health_fine(health, HEALTH_CA_BUNDLE,
			"there is no ca.crt: whether the API server trusts it is not known here");
	else
		report_distrust(k);
	k->is_distrusted = health_read(health, HEALTH_CA_BUNDLE, NULL) == HEALTH_BAD;
}

/*
 * ns until the next look. It comes soon where somebody waits for it: a webhook that is made anew
 * has no caBundle until the leader looks, and a replica that saw that the webhooks do not trust it
 * is not ready until it looks again.
 */
static int64_t pause_of(const struct cert_keeper *k)
{
	const int64_t soon = SOON_S * CLOCK_SECOND;
	const bool is_urgent =
		k->pair == NULL || publishes(k) || !cert_store_trusts(&k->store, k->pair, now_s());

	return is_urgent && soon < k->options.pause ? soon : k->options.pause;
}

static const struct stage {
	bool (*run)(struct cert_keeper *k, struct err *err);
	bool is_needed; /* where it fails, those behind it are not run */
} STAGES[] = {
	{read_pair, true},
	{read_webhooks, false},
	{renew, false},
	{serve, false},
	{publish, false},
};

/* Of STAGES: those before it read, and what it and the others do hangs on that alone. */
enum { FIRST_TO_ACT = 2 };

/* All that a look decides by, but for the time: what was read, and whether we lead. Never 0. */
static uint64_t fingerprint_of(const struct cert_keeper *k)
{
	return (2 * cert_store_hash(&k->store) + leads(k)) | 2;
}

/* Nothing is on its way: what was published has had its time, or there is nothing to publish. */
static bool is_calm(const struct cert_keeper *k)
{
	const bool has_to = publishes(k) && cert_store_webhook_count(&k->store);

	return k->pair &&
	       (!has_to || (k->published.len && clock_now() - k->published_since >= SETTLE));
}

/*
 * Whether there was nothing to do when all was as it is now. Then nothing is judged anew: to read
 * and verify certificates is nearly all that a look costs.
 */
static bool is_as_before(const struct cert_keeper *k)
{
	return k->calm && clock_now() < k->calm_until && fingerprint_of(k) == k->calm;
}

static void remember(struct cert_keeper *k, bool well)
{
	const bool same = well && is_calm(k);
	const int64_t part = k->options.life / CALM_S; /* no pair grows old meanwhile */

	k->calm = same ? fingerprint_of(k) : 0;
	k->calm_until = clock_now() + (part < CALM_S ? part : CALM_S) * CLOCK_SECOND;
}

int64_t cert_keeper_look(struct cert_keeper *k)
{
	struct err first = {0};

	for (size_t i = 0; i < ARRAY_LEN(STAGES); i++) {
		struct err err = {0};

		if (i == FIRST_TO_ACT && first.code == ERR_NONE && is_as_before(k))
			return clock_now() + k->pause;
		if (STAGES[i].run(k, &err))
			continue;
		if (first.code == ERR_NONE)
			first = err;
		if (STAGES[i].is_needed)
			break;
	}
	if (first.code == ERR_NONE)
		report_pair(k);
	else
		report_trouble(k, &first);
	report_bundle(k);
	remember(k, first.code == ERR_NONE);
	k->pause = pause_of(k);
	return clock_now() + k->pause;
}

struct cert_keeper *cert_keeper_new(const struct cert_keeper_options *options)
{
	struct cert_keeper *const k = mem_alloc(sizeof(*k));

	k->options = *options;
	if (k->options.pause == 0)
		k->options.pause = PAUSE_S * CLOCK_SECOND;
	k->stop = kube_stop_new();
	k->store.client = options->client;
	k->store.stop = k->stop;
	k->store.namespace = options->namespace;
	k->store.name = options->secret;
	k->store.configuration = options->configuration;
	cert_store_init(&k->store);
	pthread_mutex_init(&k->mutex, NULL);
	pthread_cond_init(&k->wake, NULL);
	if (options->configuration)
		health_bad(options->health, HEALTH_CA_BUNDLE, "the webhooks were not seen yet");
	return k;
}

void cert_keeper_free(struct cert_keeper **keeper)
{
	struct cert_keeper *const k = *keeper;

	if (k == NULL)
		return;
	cert_store_done(&k->store);
	kube_stop_free(&k->stop);
	buf_done(&k->published);
	managed_store_done(&k->served);
	serving_free(&k->pair);
	pthread_cond_destroy(&k->wake);
	pthread_mutex_destroy(&k->mutex);
	mem_free(keeper);
}

/* False when it is time to end. */
static bool wait_for_next(struct cert_keeper *k, int64_t until)
{
	pthread_mutex_lock(&k->mutex);
	while (!k->is_poked && !k->is_stopping && clock_wait(&k->wake, &k->mutex, until))
		;
	if (k->is_poked)
		k->calm = 0;
	k->is_poked = false;
	const bool goes_on = !k->is_stopping;

	pthread_mutex_unlock(&k->mutex);
	return goes_on;
}

static void *run(void *context)
{
	struct cert_keeper *const k = context;

	while (wait_for_next(k, cert_keeper_look(k)))
		;
	return NULL;
}

bool cert_keeper_start(
	const struct cert_keeper_options *options, struct cert_keeper **out, struct err *err)
{
	struct cert_keeper *k = cert_keeper_new(options);

	if (!thread_start(&k->thread, "certificates", run, k)) {
		err_errno(err, "start the keeper of certificates");
		cert_keeper_free(&k);
		return false;
	}
	*out = k;
	return true;
}

static void set(struct cert_keeper *k, bool *flag)
{
	pthread_mutex_lock(&k->mutex);
	*flag = true;
	pthread_cond_broadcast(&k->wake);
	pthread_mutex_unlock(&k->mutex);
}

void cert_keeper_poke(struct cert_keeper *k)
{
	set(k, &k->is_poked);
}

void cert_keeper_stop(struct cert_keeper **keeper)
{
	if (*keeper == NULL)
		return;
	set(*keeper, &(*keeper)->is_stopping);
	kube_stop_ask((*keeper)->stop);
	pthread_join((*keeper)->thread, NULL);
	cert_keeper_free(keeper);
}
