#include "server/certs_report.h"

#include <stdlib.h>

#include "base/mem.h"
#include "certs/when.h"

void certs_report_done(struct certs_report *report)
{
	x509_chain_free(&report->chain);
	x509_key_free(&report->key);
	x509_chain_free(&report->ca);
}

static void add_row(struct buf *out, const char *label, const char *value)
{
	buf_printf(out, "  %-13s %s\n", label, value);
}

static void add_time(struct buf *out, const char *label, int64_t at, int64_t now)
{
	char date[WHEN_SIZE], away[WHEN_SIZE];

	when_date(at, date);
	when_relative(at, now, away);
	buf_printf(out, "  %-13s %s (%s)\n", label, date, away);
}

static void add_hosts(struct buf *out, const struct x509_facts *facts)
{
	buf_printf(out, "  %-13s ", "names");
	for (size_t i = 0; i < facts->host_count; i++)
		buf_printf(out, "%s%s", i ? ", " : "", facts->hosts[i]);
	buf_add_cstr(out, facts->host_count ? "\n"
			  : facts->is_ca    ? "none, it is a CA\n"
					    : "none\n");
}

static void add_certificate(struct buf *out, const struct x509_facts *facts, int64_t now)
{
	add_row(out, "subject", facts->subject);
	add_row(out, "issuer", facts->issuer);
	add_hosts(out, facts);
	add_time(out, "valid from", facts->not_before, now);
	add_time(out, "valid until", facts->not_after, now);
	add_row(out, "key", facts->key);
	add_row(out, "serial", facts->serial);
	add_row(out, "SHA-256", facts->fingerprint);
}

typedef void add_fn(struct buf *out, const struct x509_facts *facts, int64_t now);

/* A chain as the texts above with headings, or as members of a JSON array. */
struct form {
	const char *file;
	add_fn *add;
	bool is_json;
};

static bool add_chain(const struct form *form, const struct x509_chain *chain, int64_t now,
	struct buf *out, struct err *err)
{
	const size_t count = x509_chain_count(chain);

	for (size_t i = 0; i < count; i++) {
		struct arena arena CLEANUP(arena_done);
		struct x509_facts facts;

		arena_init(&arena, 4096);
		if (!x509_describe(chain, i, &arena, &facts, err))
			return err_wrap(err, "'%.100s': certificate %zu", form->file, i + 1);
		if (form->is_json && i)
			buf_add_char(out, ',');
		if (!form->is_json)
			buf_printf(out, "%s%s: certificate %zu of %zu\n", out->len ? "\n" : "",
				form->file, i + 1, count);
		form->add(out, &facts, now);
	}
	return true;
}

void certs_report_checks(const struct certs_report *report, struct buf *out)
{
	for (size_t i = 0; i < VERIFY_CHECKS; i++) {
		const struct verify_finding *const finding = &report->findings[i];

		buf_printf(out, "%-8s %-6s %s\n", verify_level_name(finding->level), finding->id,
			finding->text);
		if (finding->remedy)
			buf_printf(out, "%-8s %-6s → %s\n", "", "", finding->remedy);
	}
}

bool certs_report_text(const struct certs_report *report, struct buf *out, struct err *err)
{
	const struct form leaf = {
		report->is_dir ? "tls.crt" : report->source, add_certificate, false};
	const struct form ca = {"ca.crt", add_certificate, false};

	if (report->chain && !add_chain(&leaf, report->chain, report->now, out, err))
		return false;
	if (report->key) {
		struct arena arena CLEANUP(arena_done);

		arena_init(&arena, 1024);
		buf_printf(out, "%s%s: private key\n", out->len ? "\n" : "",
			report->is_dir ? "tls.key" : report->source);
		add_row(out, "key", x509_key_describe(report->key, &arena));
	}
	if (report->ca && !add_chain(&ca, report->ca, report->now, out, err))
		return false;
	if (report->verified) {
		buf_add_char(out, '\n');
		certs_report_checks(report, out);
	}
	return true;
}

/* Names in JSON go in front of their value; the comma is the caller's. */
static void add_member(struct buf *out, const char *name, const char *value)
{
	buf_add_json_str(out, str_from(name));
	buf_add_char(out, ':');
	buf_add_json_str(out, str_from(value));
}

static void add_json_time(struct buf *out, const char *name, int64_t at)
{
	char date[WHEN_SIZE];

	when_rfc3339(at, date);
	add_member(out, name, date);
}

static void add_json_certificate(struct buf *out, const struct x509_facts *facts, int64_t now)
{
	(void)now;
	buf_add_char(out, '{');
	add_member(out, "subject", facts->subject);
	buf_add_char(out, ',');
	add_member(out, "issuer", facts->issuer);
	buf_add_cstr(out, ",\"names\":[");
	for (size_t i = 0; i < facts->host_count; i++) {
		if (i)
			buf_add_char(out, ',');
		buf_add_json_str(out, str_from(facts->hosts[i]));
	}
	buf_add_cstr(out, "],");
	add_json_time(out, "notBefore", facts->not_before);
	buf_add_char(out, ',');
	add_json_time(out, "notAfter", facts->not_after);
	buf_add_char(out, ',');
	add_member(out, "key", facts->key);
	buf_printf(out, ",\"isCA\":%s,", facts->is_ca ? "true" : "false");
	add_member(out, "serial", facts->serial);
	buf_add_char(out, ',');
	add_member(out, "sha256", facts->fingerprint);
	buf_add_char(out, '}');
}

static bool add_json_chain(
	struct buf *out, const char *name, const struct x509_chain *chain, struct err *err)
{
	const struct form form = {name, add_json_certificate, true};

	buf_printf(out, ",\"%s\":[", name);
	if (!add_chain(&form, chain, 0, out, err))
		return false;
	buf_add_char(out, ']');
	return true;
}

static void add_json_checks(struct buf *out, const struct certs_report *report)
{
	buf_printf(out, ",\"result\":\"%s\",\"checks\":[", verify_level_name(report->worst));
	for (size_t i = 0; i < VERIFY_CHECKS; i++) {
		const struct verify_finding *const finding = &report->findings[i];

		buf_add_cstr(out, i ? ",{" : "{");
		add_member(out, "id", finding->id);
		buf_add_char(out, ',');
		add_member(out, "level", verify_level_name(finding->level));
		buf_add_char(out, ',');
		add_member(out, "message", finding->text);
		if (finding->remedy) {
			buf_add_char(out, ',');
			add_member(out, "remedy", finding->remedy);
		}
		buf_add_char(out, '}');
	}
	buf_add_char(out, ']');
}

bool certs_report_json(const struct certs_report *report, struct buf *out, struct err *err)
{
	buf_add_char(out, '{');
	add_member(out, report->is_dir ? "directory" : "file", report->source);
	if (report->chain && !add_json_chain(out, "certificates", report->chain, err))
		return false;
	if (report->key) {
		struct arena arena CLEANUP(arena_done);

		arena_init(&arena, 1024);
		buf_add_char(out, ',');
		add_member(out, "privateKey", x509_key_describe(report->key, &arena));
	}
	if (report->ca && !add_json_chain(out, "ca", report->ca, err))
		return false;
	if (report->verified)
		add_json_checks(out, report);
	buf_add_cstr(out, "}\n");
	return true;
}
