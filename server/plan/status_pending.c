/* Pods that do not start: told once they had the time to, in the words of whoever holds them up. */
#include "server/plan/status_parts.h"

enum {
	GRACE_S = 10,  /* a reason that stays so long is one */
	LONG_S = 300,  /* without any reason that is long, too */
	LINES_MAX = 8, /* different ones that are told */
};

/* What a container is doing while all goes well. */
static bool is_on_its_way(struct str reason)
{
	static const char *const REASONS[] = {"", "ContainerCreating", "PodInitializing",
		"ContainersNotReady", "ContainersNotInitialized", "Pulling", "Unknown"};

	for (size_t i = 0; i < ARRAY_LEN(REASONS); i++) {
		if (str_is(reason, REASONS[i]))
			return true;
	}
	return false;
}

/* Seconds that it may still take; 0: it is stuck. */
static int64_t patience(const struct observed_pod *pod, int64_t now)
{
	const bool stopped = pod->unschedulable || !is_on_its_way(pod->reason);
	const int64_t until = pod->created + (stopped ? GRACE_S : LONG_S);

	return until > now ? until - now : 0;
}

static bool is_pending(const struct observed_pod *pod)
{
	return pod->ours && pod->role != POD_CLEANUP && !pod->deleting && pod->uid.len &&
	       pod->phase == POD_PENDING;
}

/* Pods of one group that wait for the same. */
struct line {
	const struct observed_pod *pod;
	size_t count;
};

struct lines {
	struct line items[LINES_MAX];
	size_t count, left_out;
};

static bool is_same(const struct observed_pod *a, const struct observed_pod *b)
{
	return str_eq(a->group, b->group) && str_eq(a->reason, b->reason) &&
	       str_eq(a->message, b->message);
}

static void add_pod(struct lines *lines, const struct observed_pod *pod)
{
	for (size_t i = 0; i < lines->count; i++) {
		if (is_same(lines->items[i].pod, pod)) {
			lines->items[i].count++;
			return;
		}
	}
	if (lines->count < LINES_MAX)
		lines->items[lines->count++] = (struct line){pod, 1};
	else
		lines->left_out++;
}

static void find_stuck(struct status_draft *d, const struct observed *seen, struct lines *lines)
{
	for (size_t i = 0; i < seen->pod_count; i++) {
		const struct observed_pod *const pod = &seen->pods[i];

		if (!is_pending(pod))
			continue;
		const int64_t left = patience(pod, seen->now);

		if (left)
			round_again(d->round, left);
		else
			add_pod(lines, pod);
	}
}

static struct str print(struct arena *arena, const struct lines *lines)
{
	CLEANUP(buf_done) struct buf text = {0};

	for (size_t i = 0; i < lines->count; i++) {
		const struct line *const line = &lines->items[i];
		const struct str why =
			line->pod->message.len ? line->pod->message : line->pod->reason;

		buf_printf(&text, "%s%zu of \"%.*s\": %.*s", i ? "; " : "", line->count,
			STR_ARG(line->pod->group), STR_ARG(why.len ? why : STR("no reason given")));
	}
	if (lines->left_out)
		buf_printf(&text, "; and %zu more", lines->left_out);
	return arena_str(arena, buf_str(&text));
}

void status_put_pending(struct status_draft *d, const struct status_input *in)
{
	struct lines lines = {0};

	find_stuck(d, in->seen, &lines);
	if (lines.count == 0) {
		status_drop_condition(d, STATUS_PENDING);
		return;
	}
	const struct observed_pod *const first = lines.items[0].pod;
	const bool was_there = status_says(in->seen->root, STATUS_PENDING);
	const struct status_condition condition = {
		.type = STATUS_PENDING,
		.status = true,
		.reason = first->reason.len ? first->reason : STR("Pending"),
		.message = print(d->round->arena, &lines),
		.flip = STATUS_NOW,
		.words = STATUS_SLOWLY,
	};

	if (status_put_condition(d, &condition) && !was_there)
		status_warn(d, STATUS_PENDING, condition.message);
}
