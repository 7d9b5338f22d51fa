/* Which sanitizer this is built with: each brings a heap of its own, and keeps what is freed. */
#pragma once

#ifdef __has_feature /* clang, and gcc from 14 on */
#define SANITIZED_ADDRESS __has_feature(address_sanitizer)
#define SANITIZED_THREAD  __has_feature(thread_sanitizer)
#else
#ifdef __SANITIZE_ADDRESS__
#define SANITIZED_ADDRESS 1
#else
#define SANITIZED_ADDRESS 0
#endif
#ifdef __SANITIZE_THREAD__
#define SANITIZED_THREAD 1
#else
#define SANITIZED_THREAD 0
#endif
#endif

#define SANITIZED (SANITIZED_ADDRESS || SANITIZED_THREAD)
