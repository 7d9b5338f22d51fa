/*
 * "Please end": one flag that every wait of ours watches. Whoever runs requests, watches or
 * elections is given one, and asks it to end them all at once. Any thread may call anything here.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

struct kube_stop;

struct kube_stop *kube_stop_new(void);
/* Takes NULL and nulls. Nobody may be waiting any more. */
void kube_stop_free(struct kube_stop **stop);

/* For ever: it cannot be taken back. */
void kube_stop_ask(struct kube_stop *stop);
/* In these NULL is a stop that nobody ever asks for. */
bool kube_stop_asked(const struct kube_stop *stop);
/* Waits until clock_now() reaches `until`; false when it was asked to stop before. */
bool kube_stop_wait(struct kube_stop *stop, int64_t until);
/* Readable from the moment on that it is asked; for poll(). -1 when there is none. */
int kube_stop_fd(const struct kube_stop *stop);
