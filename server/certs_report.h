/* What `raygate certs` found out, as text for people or as JSON. Does no I/O. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/err.h"
#include "certs/verify.h"
#include "certs/x509.h"

/* What was read; NULL is what there was not. certs_report_done() frees. */
struct certs_report {
	const char *source; /* the file or directory as the user named it; borrowed */
	bool is_dir;
	struct x509_chain *chain;
	struct x509_key *key;
	struct x509_chain *ca;
	bool verified; /* findings are filled */
	enum verify_level worst;
	struct verify_finding findings[VERIFY_CHECKS];
	int64_t now;
};

void certs_report_done(struct certs_report *report);

/* Every certificate, the key's kind, and the checks if there were any. */
MUST_CHECK bool certs_report_text(
	const struct certs_report *report, struct buf *out, struct err *err);
MUST_CHECK bool certs_report_json(
	const struct certs_report *report, struct buf *out, struct err *err);
/* The checks alone, one a line, what to do under each that is not fine. */
void certs_report_checks(const struct certs_report *report, struct buf *out);
