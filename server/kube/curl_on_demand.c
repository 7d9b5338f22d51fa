/*
 * libcurl, opened when a cluster is first asked for: it brings some thirty libraries along, which a
 * process that talks to no cluster would carry for nothing (3 MB, 10 ms at each start). What
 * transport.c calls are the functions below; each hands over to libcurl's own.
 */
#include <assert.h>
#include <dlfcn.h>
#include <pthread.h>
#include <stdarg.h>
#include <stddef.h>

/* Its checks of types are macros of these functions' names. */
#define CURL_DISABLE_TYPECHECK
#include <curl/curl.h>

#include "server/kube/transport.h"

#define LIBRARY "libcurl.so.4"

#define FUNCTIONS(X)                                                                               \
	X(curl_global_init)                                                                        \
	X(curl_global_cleanup)                                                                     \
	X(curl_easy_init)                                                                          \
	X(curl_easy_cleanup)                                                                       \
	X(curl_easy_reset)                                                                         \
	X(curl_easy_setopt)                                                                        \
	X(curl_easy_getinfo)                                                                       \
	X(curl_easy_strerror)                                                                      \
	X(curl_multi_init)                                                                         \
	X(curl_multi_cleanup)                                                                      \
	X(curl_multi_add_handle)                                                                   \
	X(curl_multi_remove_handle)                                                                \
	X(curl_multi_perform)                                                                      \
	X(curl_multi_poll)                                                                         \
	X(curl_multi_wakeup)                                                                       \
	X(curl_multi_info_read)                                                                    \
	X(curl_slist_append)                                                                       \
	X(curl_slist_free_all)

/* Written once, before anybody calls: kube_transport_load(). */
static struct {
	const char *problem; /* NULL when all is there */
#define MEMBER(name) __typeof__(name) *name;
	FUNCTIONS(MEMBER)
} real = {.problem = LIBRARY " was not opened"};

static pthread_once_t once = PTHREAD_ONCE_INIT;

/* A pointer to data and one to a function have the same form (POSIX, dlsym). */
static bool find(void *library, const char *name, void *place)
{
	void *const found = dlsym(library, name);

	*(void **)place = found;
	return found != NULL;
}

static void load(void)
{
	void *const library = dlopen(LIBRARY, RTLD_NOW | RTLD_LOCAL);
	bool complete = library != NULL;

#define FIND(name) complete = complete && find(library, #name, &real.name);
	FUNCTIONS(FIND)
	real.problem = complete ? NULL : LIBRARY " cannot be opened: install libcurl4";
}

bool kube_transport_load(struct err *err)
{
	pthread_once(&once, load);
	return real.problem == NULL || err_set(err, ERR_NOT_FOUND, "%s", real.problem);
}

CURLcode(curl_global_init)(long flags)
{
	return real.curl_global_init(flags);
}

void(curl_global_cleanup)(void)
{
	real.curl_global_cleanup();
}

CURL *(curl_easy_init)(void)
{
	return real.curl_easy_init();
}

void(curl_easy_cleanup)(CURL *curl)
{
	real.curl_easy_cleanup(curl);
}

void(curl_easy_reset)(CURL *curl)
{
	real.curl_easy_reset(curl);
}

/* Every option is one argument as wide as a pointer: a pointer, a long or a curl_off_t. */
_Static_assert(sizeof(long) == sizeof(void *) && sizeof(curl_off_t) == sizeof(void *),
	"one argument is like another");

CURLcode(curl_easy_setopt)(CURL *curl, CURLoption option, ...)
{
	va_list args;

	va_start(args, option);
	void *const value = va_arg(args, void *);

	va_end(args);
	return real.curl_easy_setopt(curl, option, value);
}

CURLcode(curl_easy_getinfo)(CURL *curl, CURLINFO info, ...)
{
	va_list args;

	va_start(args, info);
	void *const out = va_arg(args, void *);

	va_end(args);
	return real.curl_easy_getinfo(curl, info, out);
}

const char *(curl_easy_strerror)(CURLcode code)
{
	return real.curl_easy_strerror(code);
}

CURLM *(curl_multi_init)(void)
{
	return real.curl_multi_init();
}

CURLMcode(curl_multi_cleanup)(CURLM *multi_handle)
{
	return real.curl_multi_cleanup(multi_handle);
}

CURLMcode(curl_multi_add_handle)(CURLM *multi_handle, CURL *curl_handle)
{
	return real.curl_multi_add_handle(multi_handle, curl_handle);
}

CURLMcode(curl_multi_remove_handle)(CURLM *multi_handle, CURL *curl_handle)
{
	return real.curl_multi_remove_handle(multi_handle, curl_handle);
}

CURLMcode(curl_multi_perform)(CURLM *multi_handle, int *running_handles)
{
	return real.curl_multi_perform(multi_handle, running_handles);
}

/* NOLINTNEXTLINE(readability-non-const-parameter): as libcurl has it. */
CURLMcode(curl_multi_poll)(CURLM *multi_handle, struct curl_waitfd extra_fds[],
	unsigned int extra_nfds, int timeout_ms, int *ret)
{
	return real.curl_multi_poll(multi_handle, extra_fds, extra_nfds, timeout_ms, ret);
}

CURLMcode(curl_multi_wakeup)(CURLM *multi_handle)
{
	return real.curl_multi_wakeup(multi_handle);
}

CURLMsg *(curl_multi_info_read)(CURLM *multi_handle, int *msgs_in_queue)
{
	return real.curl_multi_info_read(multi_handle, msgs_in_queue);
}

struct curl_slist *(curl_slist_append)(struct curl_slist *list, const char *data)
{
	return real.curl_slist_append(list, data);
}

void(curl_slist_free_all)(struct curl_slist *list)
{
	real.curl_slist_free_all(list);
}
