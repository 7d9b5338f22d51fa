#include "certs/verify.h"

#include <assert.h>
#include <stdarg.h>
#include <stdio.h>

#include "base/attr.h"
#include "base/buf.h"
#include "base/err.h"
#include "base/mem.h"
#include "certs/when.h"
#include "certs/x509.h"
#include "certs/x509_check.h"

struct scene {
	const struct verify_input *input;
	const struct x509_facts *leaf;
	struct arena *arena;
};

typedef void check_fn(const struct scene *scene, struct verify_finding *out);

static void say(struct verify_finding *out, enum verify_level level, const char *format, ...)
	PRINTF_LIKE(3, 4);

static void say(struct verify_finding *out, enum verify_level level, const char *format, ...)
{
	va_list args;

	out->level = level;
	va_start(args, format);
	vsnprintf(out->text, sizeof(out->text), format, args);
	va_end(args);
}

static void check_key(const struct scene *scene, struct verify_finding *out)
{
	if (x509_key_fits(scene->input->chain, scene->input->key)) {
		say(out, VERIFY_FINE, "the private key belongs to the certificate");
		return;
	}
	say(out, VERIFY_ERROR, "the private key does not belong to the certificate");
	out->remedy = "tls.crt and tls.key must come from the same issue; tls.crt begins with the "
		      "server's own certificate";
}

static void check_kind(const struct scene *scene, struct verify_finding *out)
{
	switch (scene->leaf->key_kind) {
	case X509_KEY_ECDSA:
	case X509_KEY_ED25519:
		say(out, VERIFY_FINE, "the key is %s", scene->leaf->key);
		return;
	case X509_KEY_RSA:
		say(out, VERIFY_WARNING,
			"the key is %s: each TLS handshake costs several times what ECDSA costs",
			scene->leaf->key);
		out->remedy = "with cert-manager: privateKey: {algorithm: ECDSA, size: 256}";
		return;
	case X509_KEY_OTHER:
		say(out, VERIFY_ERROR, "the key is %s, which the TLS listener cannot use",
			scene->leaf->key);
		out->remedy = "use ECDSA on P-256";
		return;
	}
}

static void check_time(const struct scene *scene, struct verify_finding *out)
{
	const struct x509_facts *const leaf = scene->leaf;
	char date[WHEN_SIZE], away[WHEN_SIZE];
	const enum x509_age age = x509_age_at(leaf->not_before, leaf->not_after, scene->input->now);
	const int64_t edge = age == X509_NOT_YET_VALID ? leaf->not_before : leaf->not_after;

	when_date(edge, date);
	when_relative(edge, scene->input->now, away);
	switch (age) {
	case X509_YOUNG:
		say(out, VERIFY_FINE, "valid until %s (%s)", date, away);
		return;
	case X509_AGEING:
		say(out, VERIFY_WARNING,
			"valid until %s (%s): more than two thirds of its life are over", date,
			away);
		out->remedy = "renew it now, while it still serves";
		return;
	case X509_NOT_YET_VALID:
		say(out, VERIFY_ERROR, "not valid before %s (%s)", date, away);
		out->remedy = "check the clock of this machine and of the issuer";
		return;
	case X509_EXPIRED:
		say(out, VERIFY_ERROR, "expired on %s (%s)", date, away);
		out->remedy = "renew it";
		return;
	}
}

static void check_usage(const struct scene *scene, struct verify_finding *out)
{
	if (x509_may_serve(scene->input->chain)) {
		say(out, VERIFY_FINE, "its key usages allow a TLS server");
		return;
	}
	say(out, VERIFY_ERROR, "its key usages do not allow a TLS server");
	out->remedy = "issue it with extended key usage serverAuth ('server auth' in cert-manager)";
}

static const char *host_list(const struct scene *scene)
{
	struct buf out = {0};

	for (size_t i = 0; i < scene->leaf->host_count; i++)
		buf_printf(&out, "%s%s", i ? ", " : "", scene->leaf->hosts[i]);
	const char *const list = arena_str(scene->arena, buf_str(&out)).at;

	buf_done(&out);
	return list;
}

static void check_names(const struct scene *scene, struct verify_finding *out)
{
	if (scene->leaf->host_count > 0) {
		say(out, VERIFY_FINE, "it names %s", host_list(scene));
		return;
	}
	say(out, VERIFY_ERROR, "it has no subjectAltName; clients ignore the common name");
	out->remedy = "issue it with DNS names such as <service>.<namespace>.svc";
}

static void check_hosts(const struct scene *scene, struct verify_finding *out)
{
	const struct verify_input *const input = scene->input;

	for (size_t i = 0; i < input->host_count; i++) {
		if (x509_serves_host(input->chain, input->hosts[i]))
			continue;
		say(out, VERIFY_ERROR, "it does not cover host '%.100s'", input->hosts[i]);
		out->remedy = "issue it with this name, too: raygate certs mint --host NAME …";
		return;
	}
	if (input->host_count == 0)
		say(out, VERIFY_SKIPPED, "no host name was given to compare with");
	else
		say(out, VERIFY_FINE, "it covers every host that was asked for");
}

/* A CA that ends soon must be replaced long before, as clients need the new one first. */
static bool ca_is_ageing(const struct scene *scene, struct verify_finding *out)
{
	const struct x509_chain *const roots = scene->input->roots;
	char date[WHEN_SIZE], away[WHEN_SIZE];
	struct x509_facts ca;
	struct err err;

	if (x509_chain_count(roots) != 1 || !x509_describe(roots, 0, scene->arena, &ca, &err) ||
		x509_age_at(ca.not_before, ca.not_after, scene->input->now) != X509_AGEING)
		return false;
	when_date(ca.not_after, date);
	when_relative(ca.not_after, scene->input->now, away);
	say(out, VERIFY_WARNING, "it chains to ca.crt, which ends on %s (%s)", date, away);
	out->remedy = "replace the CA: give clients the old and the new one together first";
	return true;
}

static void check_ca(const struct scene *scene, struct verify_finding *out)
{
	const struct verify_input *const input = scene->input;
	struct err err;

	if (input->roots == NULL) {
		say(out, VERIFY_SKIPPED, "there is no ca.crt to compare with");
	} else if (!x509_leads_to(input->chain, input->roots, input->now, &err)) {
		say(out, VERIFY_ERROR, "it does not chain to ca.crt: %s", err.text);
		out->remedy =
			"ca.crt must hold the issuer, and tls.crt every certificate in between";
	} else if (!ca_is_ageing(scene, out)) {
		say(out, VERIFY_FINE, "it chains to ca.crt");
	}
}

static const struct check {
	const char *id;
	check_fn *check;
} CHECKS[] = {
	{"key", check_key},
	{"kind", check_kind},
	{"time", check_time},
	{"usage", check_usage},
	{"names", check_names},
	{"hosts", check_hosts},
	{"ca", check_ca},
};
_Static_assert(ARRAY_LEN(CHECKS) == VERIFY_CHECKS, "VERIFY_CHECKS counts the rows");

static enum verify_level all_failed(const struct err *err, struct verify_finding *findings)
{
	for (size_t i = 0; i < VERIFY_CHECKS; i++) {
		findings[i] = (struct verify_finding){.id = CHECKS[i].id};
		say(&findings[i], VERIFY_ERROR, "the certificate %s", err->text);
	}
	return VERIFY_ERROR;
}

enum verify_level verify_pair(
	const struct verify_input *input, struct verify_finding findings[VERIFY_CHECKS])
{
	enum verify_level worst = VERIFY_FINE;
	struct arena arena CLEANUP(arena_done);
	struct x509_facts leaf;
	struct err err;

	arena_init(&arena, 4096);
	if (!x509_describe(input->chain, 0, &arena, &leaf, &err))
		return all_failed(&err, findings);
	const struct scene scene = {input, &leaf, &arena};

	for (size_t i = 0; i < VERIFY_CHECKS; i++) {
		findings[i] = (struct verify_finding){.id = CHECKS[i].id};
		CHECKS[i].check(&scene, &findings[i]);
		if (findings[i].level > worst)
			worst = findings[i].level;
	}
	return worst;
}

const char *verify_level_name(enum verify_level level)
{
	static const char *const NAMES[] = {"ok", "skipped", "warning", "error"};

	assert(level <= VERIFY_ERROR);
	return NAMES[level];
}
