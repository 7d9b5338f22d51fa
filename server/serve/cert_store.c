#include "server/serve/cert_store.h"

#include "base/hash.h"

static const struct kube_resource SECRETS = {.group = "", .version = "v1", .plural = "secrets"};

static const struct kube_resource CONFIGURATIONS[CERT_STORE_CONFIGURATIONS] = {
	{"admissionregistration.k8s.io", "v1", "validatingwebhookconfigurations", true},
	{"admissionregistration.k8s.io", "v1", "mutatingwebhookconfigurations", true},
};

void cert_store_init(struct cert_store *store)
{
	arena_init(&store->arena, 4096);
}

void cert_store_done(struct cert_store *store)
{
	tls_secret_done(&store->secret);
	arena_done(&store->arena);
}

bool cert_store_read_secret(struct cert_store *store, struct err *err)
{
	const struct kube_call call = {
		.stop = store->stop,
		.shares = true,
		.verb = KUBE_GET,
		.at = {.resource = &SECRETS, .namespace = store->namespace, .name = store->name},
	};
	struct kube_reply reply CLEANUP(kube_reply_done) = {0};
	struct tls_secret read CLEANUP(tls_secret_done) = {0};

	if (!kube_call(store->client, &call, &reply, err)) {
		if (err->code != ERR_NOT_FOUND)
			return err_wrap(err, "read Secret '%s'", store->name);
	} else if (!tls_secret_decode(reply.doc.root, &read, err)) {
		return err_wrap(err, "Secret '%s'", store->name);
	}
	tls_secret_done(&store->secret);
	store->secret = read;
	read = (struct tls_secret){0};
	return true;
}

/* What the API server answers to a write is the Secret as it is now. */
static bool take_reply(struct cert_store *store, const struct kube_reply *reply, struct err *err)
{
	tls_secret_done(&store->secret);
	return tls_secret_decode(reply->doc.root, &store->secret, err);
}

bool cert_store_write_secret(
	struct cert_store *store, const struct managed_store *next, struct err *err)
{
	const bool exists = store->secret.exists;
	struct buf body CLEANUP(tls_secret_body_done) = {0};
	struct kube_reply reply CLEANUP(kube_reply_done) = {0};
	struct kube_call call = {
		.stop = store->stop,
		.shares = true,
		.verb = exists ? KUBE_PATCH_MERGE : KUBE_CREATE,
		.at = {.resource = &SECRETS,
			.namespace = store->namespace,
			.name = exists ? store->name : NULL},
		.field_manager = "raygate",
	};

	if (exists)
		tls_secret_patch_body(store->secret.version, next, &body);
	else
		tls_secret_create_body(store->name, next, &body);
	call.body = buf_str(&body);
	if (!kube_call(store->client, &call, &reply, err))
		return err_wrap(err, "write Secret '%s'", store->name);
	return take_reply(store, &reply, err);
}

static bool read_configuration(struct cert_store *store, size_t i, struct err *err)
{
	const struct kube_call call = {
		.stop = store->stop,
		.shares = true,
		.verb = KUBE_GET,
		.at = {.resource = &CONFIGURATIONS[i], .name = store->configuration},
	};
	struct kube_reply reply CLEANUP(kube_reply_done) = {0};

	if (!kube_call(store->client, &call, &reply, err)) {
		store->webhooks[i].count = 0;
		return err->code == ERR_NOT_FOUND ||
		       err_wrap(
			       err, "read %s '%s'", CONFIGURATIONS[i].plural, store->configuration);
	}
	store->webhooks[i].bundles =
		ca_bundle_read(reply.doc.root, &store->arena, &store->webhooks[i].count);
	return true;
}

bool cert_store_read_webhooks(struct cert_store *store, struct err *err)
{
	store->webhooks_are_known = false;
	for (size_t i = 0; i < CERT_STORE_CONFIGURATIONS; i++)
		store->webhooks[i] = (struct cert_store_webhooks){0};
	arena_reset(&store->arena);
	for (size_t i = 0; store->configuration && i < CERT_STORE_CONFIGURATIONS; i++)
		if (!read_configuration(store, i, err))
			return false;
	store->webhooks_are_known = true;
	return true;
}

size_t cert_store_webhook_count(const struct cert_store *store)
{
	size_t count = 0;

	for (size_t i = 0; i < CERT_STORE_CONFIGURATIONS; i++)
		count += store->webhooks[i].count;
	return count;
}

static bool patch(struct cert_store *store, size_t i, struct str body, struct err *err)
{
	const struct kube_call call = {
		.stop = store->stop,
		.shares = true,
		.verb = KUBE_PATCH_JSON,
		.at = {.resource = &CONFIGURATIONS[i], .name = store->configuration},
		.field_manager = "raygate",
		.body = body,
	};
	struct kube_reply reply CLEANUP(kube_reply_done) = {0};

	if (!kube_call(store->client, &call, &reply, err))
		return err_wrap(err, "patch the caBundle of %s '%s'", CONFIGURATIONS[i].plural,
			store->configuration);
	store->webhooks[i].bundles =
		ca_bundle_read(reply.doc.root, &store->arena, &store->webhooks[i].count);
	return true;
}

bool cert_store_publish(struct cert_store *store, struct str bundle, bool *changed, struct err *err)
{
	*changed = false;
	for (size_t i = 0; i < CERT_STORE_CONFIGURATIONS; i++) {
		const struct cert_store_webhooks *const webhooks = &store->webhooks[i];
		struct buf body CLEANUP(buf_done) = {0};

		if (!ca_bundle_patch(webhooks->bundles, webhooks->count, bundle, &body))
			continue;
		*changed = true;
		if (!patch(store, i, buf_str(&body), err))
			return false;
	}
	return true;
}

bool cert_store_trusts(const struct cert_store *store, const struct serving_pair *pair, int64_t now)
{
	for (size_t i = 0; i < CERT_STORE_CONFIGURATIONS; i++)
		for (size_t n = 0; n < store->webhooks[i].count; n++)
			if (!managed_is_trusted(pair, store->webhooks[i].bundles[n].pem, now))
				return false;
	return true;
}

static uint64_t add_hash(uint64_t sum, struct str text)
{
	return 31 * sum + hash_str(hash_process_key(), text);
}

uint64_t cert_store_hash(const struct cert_store *store)
{
	const struct tls_secret *const secret = &store->secret;
	const char *const texts[] = {secret->version, secret->store.tls_crt, secret->store.ca_crt};
	uint64_t sum = store->webhooks_are_known;

	for (size_t i = 0; i < ARRAY_LEN(texts); i++)
		sum = add_hash(sum, texts[i] ? str_from(texts[i]) : STR(""));
	for (size_t i = 0; i < CERT_STORE_CONFIGURATIONS; i++) {
		const struct cert_store_webhooks *const webhooks = &store->webhooks[i];

		for (size_t n = 0; n < webhooks->count; n++)
			sum = add_hash(sum, webhooks->bundles[n].pem);
		sum = 31 * sum + webhooks->count;
	}
	return sum;
}
