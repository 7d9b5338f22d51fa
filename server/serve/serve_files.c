#include <stdlib.h>

#include "base/log.h"
#include "base/mem.h"
#include "certs/serving_mint.h"
#include "certs/serving_watch.h"
#include "server/serve/cert_dir.h"
#include "server/serve/server.h"
#include "server/serve/telemetry.h"

struct serve_files {
	char *dir;
	struct serving_pair *pair; /* until the watch has it */
	struct serving_watch *watch;
};

static struct serving_options options_of(const struct server *s)
{
	return (struct serving_options){.dir = s->files->dir, .mint = s->offline};
}

/* A faulty pair is served all the same: there is no better one, and a renewal may be on its way. */
static void warn_of_faults(const struct server *s, const struct serving_pair *pair)
{
	const struct serving_options options = options_of(s);
	struct verify_finding findings[VERIFY_CHECKS];

	serving_verify(pair, &options, findings);
	for (size_t i = 0; i < VERIFY_CHECKS; i++) {
		if (findings[i].level == VERIFY_ERROR)
			LOG(WARN,
				"clients refuse the certificate; a new one in its folder is taken "
				"at once",
				KV("why", findings[i].text), KV("remedy", findings[i].remedy),
				KV("folder", options.dir));
	}
}

static void certificate_changed(
	void *context, const struct serving_pair *pair, const struct err *problem)
{
	struct server *const s = context;
	struct err err;
	const char *result = "kept";

	if (pair == NULL) {
		LOG(ERROR, "new certificate not taken, the old one stays in force",
			KV("error", problem->text));
	} else if (!serve_ports_take(s, pair, &err)) {
		LOG(ERROR, "new certificate cannot be served, the old one stays in force",
			KV("error", err.text));
	} else {
		result = "taken";
		LOG(INFO, "new certificate in force");
		warn_of_faults(s, pair);
	}
	metrics_count(
		s->app.metrics, TELEMETRY_CERTIFICATE_RELOADS, METRICS_VALUES(str_from(result)));
}

static bool choose_dir(struct server *s, struct err *err)
{
	const struct str given = settings_str(s->settings, SETTING_CERT_DIR);

	if (given.len == 0)
		return cert_dir_default(&s->files->dir, err);
	s->files->dir = mem_strdup(given.at);
	return true;
}

static bool start_watch(struct server *s, struct err *err)
{
	const struct serving_watch_options options = {
		.serving = options_of(s),
		.changed = certificate_changed,
		.context = s,
	};

	return serving_watch_start(&options, &s->files->pair, &s->files->watch, err) ||
	       err_wrap(err, "certificate watch");
}

static bool load(struct server *s, struct err *err)
{
	const struct serving_options options = options_of(s);

	return serving_load_or_mint(&options, &s->files->pair, err) || err_wrap(err, "certificate");
}

bool serve_files_start(struct server *s, struct err *err)
{
	/* In a cluster the replicas share one by way of a Secret. */
	if (!s->offline && settings_str(s->settings, SETTING_CERT_DIR).len == 0)
		return true;
	s->files = mem_alloc(sizeof(*s->files));
	if (!choose_dir(s, err) || !load(s, err) || !serve_ports_take(s, s->files->pair, err))
		return false;
	warn_of_faults(s, s->files->pair);
	return start_watch(s, err);
}

void serve_files_poke(struct server *s)
{
	if (s->files && s->files->watch)
		serving_watch_poke(s->files->watch);
}

const char *serve_files_dir(const struct server *s)
{
	return s->files ? s->files->dir : NULL;
}

void serve_files_stop(struct server *s)
{
	if (s->files == NULL)
		return;
	serving_watch_stop(&s->files->watch);
	serving_free(&s->files->pair);
	free(s->files->dir);
	mem_free(&s->files);
}
