/* A thread of ours: named, and with all signals left to the thread that waits for them. */
#pragma once

#include <pthread.h>
#include <stdbool.h>

#include "base/attr.h"

/* False when there is none to be had; errno says why. The name has at most 15 letters. */
MUST_CHECK bool thread_start(
	pthread_t *thread, const char *name, void *(*run)(void *), void *context);
