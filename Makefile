# Raygate. `make` alone lists the targets.
MAKEFLAGS += --no-builtin-rules
.SUFFIXES:
.DEFAULT_GOAL := help

MODE ?= debug
OUT := build/$(MODE)

# Debian packages: to build, to test, and for `make check`.
BUILD_PACKAGES := gcc make pkg-config libc6-dev libmicrohttpd-dev libgnutls28-dev libssl-dev \
	libcjson-dev libyaml-dev ca-certificates
TEST_PACKAGES  := libcriterion-dev curl openssl
CHECK_PACKAGES := clang clang-format clang-tidy cppcheck libclang-rt-14-dev universal-ctags

LIBS := libmicrohttpd gnutls libcrypto libcjson yaml-0.1

WARNINGS := -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wsign-conversion -Wstrict-prototypes \
	-Wmissing-prototypes -Wold-style-definition -Wcast-qual -Wcast-align -Wpointer-arith \
	-Wwrite-strings -Wundef -Wvla -Wformat=2 -Wswitch-enum -Wnull-dereference -Wdouble-promotion
CC ?= gcc
CPPFLAGS += -I. -D_GNU_SOURCE
CFLAGS_debug   := -O1 -g
CFLAGS_release := -O2 -g -D_FORTIFY_SOURCE=2 -fstack-protector-strong
CFLAGS_asan    := -O1 -g -fsanitize=address,undefined -fno-sanitize-recover=all -fno-omit-frame-pointer
LDFLAGS_asan   := -fsanitize=address,undefined
ALL_CFLAGS = -std=c11 -fPIE $(WARNINGS) $(WERROR) $(CFLAGS_$(MODE)) $(CFLAGS)
ALL_LDFLAGS = -pie -Wl,-z,relro,-z,now $(LDFLAGS_$(MODE)) $(LDFLAGS)
LDLIBS = $(shell pkg-config --libs $(LIBS)) -pthread -lm

SRC  := $(shell find base api validators certs server -name '*.c' | sort)
OBJ  := $(SRC:%.c=$(OUT)/%.o)
LIB  := $(filter-out $(OUT)/server/main.o,$(OBJ))
TEST := $(shell find tests -name '*_test.c' | sort)
TEST_OBJ := $(TEST:%.c=$(OUT)/%.o)
SUPPORT := $(patsubst %.c,$(OUT)/%.o,$(shell find tests/support -name '*.c' 2>/dev/null | sort))

V ?= 0
ifeq ($(V),0)
  Q := @
  say = @printf '  %-6s %s\n' $(1) $(2)
else
  say = @:
endif

$(OUT)/%.o: %.c
	$(call say,CC,$<)
	@mkdir -p $(@D)
	$(Q)$(CC) $(CPPFLAGS) $(ALL_CFLAGS) -MMD -MP -c $< -o $@

$(OUT)/libraygate.a: $(LIB)
	$(call say,AR,$@)
	$(Q)rm -f $@ && ar rcs $@ $^

$(OUT)/raygate: $(OUT)/server/main.o $(OUT)/libraygate.a
	$(call say,LD,$@)
	$(Q)$(CC) $(ALL_LDFLAGS) -o $@ $^ $(LDLIBS)

# All unit tests in one program; `make unit FILTER='quantity*/*'` runs some.
$(OUT)/unit: $(TEST_OBJ) $(SUPPORT) $(OUT)/libraygate.a
	$(call say,LD,$@)
	$(Q)$(CC) $(ALL_LDFLAGS) -o $@ $^ $(LDLIBS) -lcriterion

.PHONY: help build unit
help: ## this list
	@grep -hE '^[a-z0-9-]+:.*## ' $(MAKEFILE_LIST) | sed 's/:.*## /\t/' | expand -t 16

unit: $(OUT)/unit
	$(Q)$(OUT)/unit $(if $(FILTER),--filter '$(FILTER)')

-include $(OBJ:.o=.d) $(TEST_OBJ:.o=.d) $(SUPPORT:.o=.d)
