#include "server/serve/health.h"

#include <pthread.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/attr.h"
#include "base/clock.h"
#include "base/mem.h"

/* The API server may be away for hours: reviews are answered all the same. */
static const struct {
	const char *name;
	bool decides;
} PARTS[HEALTH_PARTS] = {
	[HEALTH_CLUSTER] = {"cluster", false},
	[HEALTH_CERTIFICATES] = {"certificates", false},
	[HEALTH_CA_BUNDLE] = {"ca-bundle", true},
	[HEALTH_QUOTA] = {"quota", true},
	[HEALTH_LEADER] = {"leader", false},
	[HEALTH_CONTROLLER] = {"controller", false},
	[HEALTH_FACTS] = {"facts", false},
};

struct row {
	enum health_state state;
	int64_t until; /* clock_now() when it decides no longer */
	char text[HEALTH_TEXT];
};

struct health {
	pthread_mutex_t mutex;
	struct row rows[HEALTH_PARTS];
};

struct health *health_new(void)
{
	struct health *const health = mem_alloc(sizeof(*health));

	pthread_mutex_init(&health->mutex, NULL);
	return health;
}

void health_free(struct health **health)
{
	if (*health == NULL)
		return;
	pthread_mutex_destroy(&(*health)->mutex);
	mem_free(health);
}

/* The row with the text of the format. */
PRINTF_LIKE(4, 0)
static bool set(struct health *health, enum health_part part, struct row next, const char *format,
	va_list args)
{
	vsnprintf(next.text, sizeof(next.text), format, args);
	pthread_mutex_lock(&health->mutex);
	const bool differs = health->rows[part].state != next.state;

	health->rows[part] = next;
	pthread_mutex_unlock(&health->mutex);
	return differs;
}

bool health_fine(struct health *health, enum health_part part, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	const bool differs = set(health, part, (struct row){.state = HEALTH_FINE}, format, args);

	va_end(args);
	return differs;
}

bool health_bad(struct health *health, enum health_part part, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	const bool differs = set(
		health, part, (struct row){.state = HEALTH_BAD, .until = INT64_MAX}, format, args);

	va_end(args);
	return differs;
}

bool health_await(
	struct health *health, enum health_part part, int64_t until, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	const bool differs =
		set(health, part, (struct row){.state = HEALTH_BAD, .until = until}, format, args);

	va_end(args);
	return differs;
}

enum health_state health_read(struct health *health, enum health_part part, char text[HEALTH_TEXT])
{
	pthread_mutex_lock(&health->mutex);
	const enum health_state state = health->rows[part].state;

	if (text)
		memcpy(text, health->rows[part].text, HEALTH_TEXT);
	pthread_mutex_unlock(&health->mutex);
	return state;
}

const char *health_name(enum health_part part)
{
	return PARTS[part].name;
}

bool health_denies(struct health *health, enum health_part part)
{
	pthread_mutex_lock(&health->mutex);
	const struct row *const row = &health->rows[part];
	const bool denies =
		PARTS[part].decides && row->state == HEALTH_BAD && clock_now() < row->until;

	pthread_mutex_unlock(&health->mutex);
	return denies;
}
