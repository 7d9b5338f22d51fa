#include "server/kube/credentials.h"

#include <pthread.h>
#include <stdatomic.h>
#include <string.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/file.h"
#include "server/kube/exec.h"

enum { MATERIAL_LIMIT = 1024 * 1024 };

#define FILES_EVERY  (60 * CLOCK_SECOND) /* as client-go does; kubelet renews tokens hours ahead */
#define EXPIRY_SLACK (10 * CLOCK_SECOND)
/* A plug-in whose credential is refused at once is not run for each request. */
#define REFUSAL_PAUSE (5 * CLOCK_SECOND)

/* An identity and the memory that its strings live in. */
struct held {
	struct kube_identity identity; /* first, so that one is found by the other */
	struct arena arena;
	atomic_int holders;
	int64_t made;    /* clock_now() */
	int64_t expires; /* clock_wall(); 0 never */
};

struct kube_credentials {
	const struct kube_config *config;
	pthread_mutex_t mutex;
	pthread_cond_t loaded;
	bool loading; /* by the one thread that does it for all */
	bool refused; /* what is current is not to be used again */
	struct held *current;
	int64_t due; /* clock_now() at which files are read again */
	uint64_t generations;
};

struct kube_credentials *kube_credentials_new(const struct kube_config *config)
{
	struct kube_credentials *const credentials = mem_alloc(sizeof(*credentials));

	credentials->config = config;
	pthread_mutex_init(&credentials->mutex, NULL);
	pthread_cond_init(&credentials->loaded, NULL);
	return credentials;
}

static void release(struct held **held)
{
	if (*held && atomic_fetch_sub(&(*held)->holders, 1) == 1) {
		arena_done(&(*held)->arena);
		mem_free(held);
	}
	*held = NULL;
}

static struct held *held_of(const struct kube_identity *identity)
{
	struct held *held;

	memcpy(&held, &identity, sizeof(held));
	return held;
}

const struct kube_identity *kube_identity_hold(const struct kube_identity *identity)
{
	atomic_fetch_add(&held_of(identity)->holders, 1);
	return identity;
}

void kube_identity_release(const struct kube_identity **identity)
{
	struct held *held = held_of(*identity);

	release(&held);
	*identity = NULL;
}

void kube_credentials_free(struct kube_credentials **credentials)
{
	if (*credentials == NULL)
		return;
	release(&(*credentials)->current);
	pthread_cond_destroy(&(*credentials)->loaded);
	pthread_mutex_destroy(&(*credentials)->mutex);
	mem_free(credentials);
}

static bool load_material(struct arena *arena, const struct kube_material *material,
	const char **out, struct err *err)
{
	struct str text;

	*out = material->text;
	if (material->text || material->file == NULL)
		return true;
	if (!file_read_soon(arena, str_from(material->file), MATERIAL_LIMIT, &text, err))
		return false;
	*out = text.at;
	return true;
}

/* The token of the file while it can be read, else the one that stands in the kubeconfig. */
static bool load_token(
	const struct kube_config *config, struct arena *arena, const char **out, struct err *err)
{
	struct str text;

	*out = config->token;
	if (config->token_file == NULL)
		return true;
	if (!file_read_soon(arena, str_from(config->token_file), MATERIAL_LIMIT, &text, err))
		return config->token != NULL;
	text = str_trim(text);
	if (text.len)
		*out = arena_str(arena, text).at;
	return text.len || config->token ||
	       err_set(err, ERR_INVALID, "token file '%.150s' is empty", config->token_file);
}

static bool is_header_text(const char *text)
{
	for (; *text; text++)
		if ((unsigned char)*text < ' ' || *text == 0x7F)
			return false;
	return true;
}

static bool set_authorization(
	const struct kube_config *config, const char *token, struct held *held, struct err *err)
{
	CLEANUP(buf_done) struct buf pair = {0}, value = {0};

	if (token) {
		buf_printf(&value, "Bearer %s", token);
	} else if (config->username) {
		buf_printf(
			&pair, "%s:%s", config->username, config->password ? config->password : "");
		buf_add_cstr(&value, "Basic ");
		buf_add_base64(&value, buf_str(&pair));
	} else {
		return true;
	}
	held->identity.authorization = arena_str(&held->arena, buf_str(&value)).at;
	return is_header_text(held->identity.authorization) ||
	       err_set(err, ERR_INVALID, "the token of '%.100s' holds control characters",
		       config->origin);
}

static bool run_plugin(const struct kube_config *config, struct kube_stop *stop, struct held *held,
	const char **token, struct err *err)
{
	const struct kube_exec_request request = {
		.config = config, .ca_pem = held->identity.ca_pem, .stop = stop};
	struct kube_exec_credential got;

	if (!kube_exec_run(&request, &held->arena, &got, err))
		return false;
	*token = got.token;
	if (got.cert_pem) {
		held->identity.cert_pem = got.cert_pem;
		held->identity.key_pem = got.key_pem;
	}
	held->expires = got.expires;
	return true;
}

static bool fill(const struct kube_config *config, struct kube_stop *stop, struct held *held,
	struct err *err)
{
	struct kube_identity *const identity = &held->identity;
	const char *token;

	if (!load_material(&held->arena, &config->ca, &identity->ca_pem, err) ||
		!load_material(&held->arena, &config->client_cert, &identity->cert_pem, err) ||
		!load_material(&held->arena, &config->client_key, &identity->key_pem, err) ||
		!load_token(config, &held->arena, &token, err))
		return false;
	/* A token or a name in the kubeconfig goes before a plug-in, as in client-go. */
	if (config->exec && token == NULL && config->username == NULL &&
		!run_plugin(config, stop, held, &token, err))
		return false;
	return set_authorization(config, token, held, err);
}

static struct held *load(const struct kube_config *config, struct kube_stop *stop, struct err *err)
{
	struct held *held = mem_alloc(sizeof(*held));

	arena_init(&held->arena, 4096);
	held->holders = 1;
	held->made = clock_now();
	if (!fill(config, stop, held, err))
		release(&held);
	return held;
}

static bool same_text(const char *a, const char *b)
{
	return a == b || (a && b && strcmp(a, b) == 0);
}

static bool same(const struct kube_identity *a, const struct kube_identity *b)
{
	return same_text(a->ca_pem, b->ca_pem) && same_text(a->cert_pem, b->cert_pem) &&
	       same_text(a->key_pem, b->key_pem) && same_text(a->authorization, b->authorization);
}

static bool has_expired(const struct held *held)
{
	return held->expires && clock_wall() >= held->expires - EXPIRY_SLACK;
}

static bool is_fresh(const struct kube_credentials *credentials)
{
	const struct held *const current = credentials->current;

	if (current == NULL || credentials->refused || has_expired(current))
		return false;
	/* A plug-in says itself how long its word is good. */
	return credentials->config->exec || clock_now() < credentials->due;
}

/* With the mutex held: what was loaded becomes current, or what was current stays so. */
static bool settle(struct kube_credentials *credentials, struct held *next)
{
	struct held *const current = credentials->current;

	credentials->due = clock_now() + FILES_EVERY;
	if (next == NULL)
		return current && !has_expired(current);
	next->identity.generation = current && same(&current->identity, &next->identity)
					    ? current->identity.generation
					    : ++credentials->generations;
	release(&credentials->current);
	credentials->current = next;
	return true;
}

bool kube_credentials_take(struct kube_credentials *credentials, struct kube_stop *stop,
	const struct kube_identity **out, struct err *err)
{
	bool good = true;

	*out = NULL;
	pthread_mutex_lock(&credentials->mutex);
	while (credentials->loading)
		pthread_cond_wait(&credentials->loaded, &credentials->mutex);
	if (!is_fresh(credentials)) {
		credentials->loading = true;
		pthread_mutex_unlock(&credentials->mutex);
		struct held *const next = load(credentials->config, stop, err);

		pthread_mutex_lock(&credentials->mutex);
		good = settle(credentials, next);
		credentials->refused = false;
		credentials->loading = false;
		pthread_cond_broadcast(&credentials->loaded);
	}
	if (good) {
		atomic_fetch_add(&credentials->current->holders, 1);
		*out = &credentials->current->identity;
	}
	pthread_mutex_unlock(&credentials->mutex);
	return good || err_wrap(err, "credentials of '%.60s'", credentials->config->origin);
}

static bool can_change(const struct kube_config *config)
{
	return config->exec || config->token_file || config->client_cert.file;
}

bool kube_credentials_refused(
	struct kube_credentials *credentials, const struct kube_identity *identity)
{
	bool again = can_change(credentials->config);

	pthread_mutex_lock(&credentials->mutex);
	const struct held *const current = credentials->current;

	if (again && identity->generation == current->identity.generation) {
		again = clock_now() - current->made >= REFUSAL_PAUSE;
		credentials->refused = again;
	}
	pthread_mutex_unlock(&credentials->mutex);
	return again;
}
