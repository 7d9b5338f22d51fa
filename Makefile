# Raygate. `make` alone lists the targets; everything that is made lands in build/.
MAKEFLAGS += --no-builtin-rules --no-print-directory
.SUFFIXES:
.DELETE_ON_ERROR:
.DEFAULT_GOAL := help
SHELL := /bin/bash

# debug, release, asan, tsan, cover or fuzz; each has its own objects, and so has clang.
MODE ?= debug
ifeq ($(origin CC),default)
  CC := gcc
endif
CLANG := $(findstring clang,$(CC))
# For objects that are optimised when they are linked.
AR := $(if $(CLANG),ar,gcc-ar)
OUT   := build/$(MODE)$(CLANG:clang=-clang)

# Debian packages: to build, to test, and for `make check`. The only list there is.
BUILD_PACKAGES := gcc make pkg-config libc6-dev libmicrohttpd-dev libgnutls28-dev libssl-dev \
	libcjson-dev libyaml-dev zlib1g-dev libcurl4-openssl-dev ca-certificates
TEST_PACKAGES  := libcriterion-dev curl openssl
CHECK_PACKAGES := clang clang-format clang-tidy cppcheck libclang-rt-14-dev universal-ctags \
	shellcheck $(if $(shell command -v go),,golang-go)
# A cluster for `make e2e`; Go and pip only where there are none.
E2E_PACKAGES   := curl iproute2 python3 $(if $(shell command -v go),,golang-go) \
	$(if $(shell command -v pip3),,python3-pip)
# A node for `make e2e-ray`, which takes root anyway.
NODE_PACKAGES  := $(if $(filter 0,$(shell id -u)),containerd runc containernetworking-plugins iptables \
	conntrack debootstrap)

# libcurl is opened when it is needed: server/kube/curl_on_demand.c.
LIBS := libmicrohttpd gnutls libcrypto libcjson yaml-0.1 zlib

WARNINGS := -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wsign-conversion -Wstrict-prototypes \
	-Wmissing-prototypes -Wold-style-definition -Wcast-qual -Wcast-align -Wpointer-arith \
	-Wwrite-strings -Wundef -Wvla -Wformat=2 -Wswitch-enum -Wnull-dereference -Wdouble-promotion
ifdef CLANG
  WARNINGS += -Wmissing-variable-declarations
else
  WARNINGS += -Wlogical-op -Wduplicated-cond -Wduplicated-branches
endif

SANITIZE := -fno-sanitize-recover=all -fno-omit-frame-pointer
CFLAGS_debug   := -O1 -g
CFLAGS_release := -O2 -flto=auto -g -D_FORTIFY_SOURCE=2 -fstack-protector-strong
CFLAGS_asan    := -O1 -g -fsanitize=address,undefined $(SANITIZE)
CFLAGS_tsan    := -O1 -g -fsanitize=thread $(SANITIZE)
CFLAGS_cover   := -O0 -g --coverage
CFLAGS_fuzz    := -O1 -g -fsanitize=fuzzer-no-link,address,undefined $(SANITIZE)
LDFLAGS_release := -O2 -flto=auto -g -Wl,-z,pack-relative-relocs
LDFLAGS_asan   := -fsanitize=address,undefined
LDFLAGS_tsan   := -fsanitize=thread
LDFLAGS_cover  := --coverage
LDFLAGS_fuzz   := -fsanitize=fuzzer,address,undefined

CPPFLAGS   += -I. -D_GNU_SOURCE
ALL_CFLAGS  = -std=c11 -fPIE -pthread $(WARNINGS) $(WERROR) $(CFLAGS_$(MODE)) $(CFLAGS)
ALL_LDFLAGS = -pie -pthread -Wl,-z,relro,-z,now $(LDFLAGS_$(MODE)) $(LDFLAGS)
LDLIBS      = $(shell pkg-config --libs $(LIBS)) -lm

find = $(sort $(shell find $(1) -name '$(2)' $(3) 2>/dev/null))
object = $(patsubst %.c,$(OUT)/%.o,$(1))

SRC  := $(call find,base api validators certs server,*.c)
TEST := $(call find,tests,*_test.c,-not -path 'tests/e2e/*')
E2E  := $(call find,tests/e2e,*.c,-not -path 'tests/e2e/cluster/*')
KIT  := $(call find,tests/support,*.c)
FUZZ := $(patsubst tests/fuzz/fuzz_%.c,%,$(call find,tests/fuzz,fuzz_*.c))
STRESS := $(patsubst tests/%.c,%,$(call find,tests/stress,*.c))
BENCH  := $(patsubst tests/%.c,%,$(call find,tests/bench,bench_*.c))
# Reviews that a real API server sent; bench_json reads them, the others have their own data.
BENCH_DATA := $(wildcard tests/golden/reviews/recorded-ray-v1-*/01-review.json)
BENCH_KIT := $(call find,tests/bench,*.c,-not -name 'bench_*')
OURS := $(call find,base api validators certs server tests,*.[ch])
LIB  := $(call object,$(filter-out server/main.c,$(SRC)))

# The tests find their files from here, wherever they are started.
export RAYGATE_ROOT := $(CURDIR)
# Criterion keeps a little memory of its own when it ends.
export LSAN_OPTIONS := suppressions=$(CURDIR)/tests/lsan.suppress:print_suppressions=0

V ?= 0
ifeq ($(V),0)
  Q := @
  say = @printf '  %-6s %s\n' $(1) $(2)
else
  say = @:
endif

# A sub-make that uses all cores, unless the user has said how many himself.
PARALLEL = $(MAKE) $(if $(findstring jobserver,$(MAKEFLAGS)),,-j$(shell nproc))

# Every object depends on the flags, so that a change of them is never half applied.
FLAGS = $(filter-out ccache,$(CC)) $(CPPFLAGS) $(ALL_CFLAGS)
$(OUT)/flags: force
	@mkdir -p $(@D); echo '$(FLAGS)' | cmp -s - $@ || echo '$(FLAGS)' >$@

$(OUT)/%.o: %.c $(OUT)/flags
	$(call say,CC,$<)
	@mkdir -p $(@D)
	$(Q)$(CC) $(CPPFLAGS) $(ALL_CFLAGS) $(TEST_CFLAGS) -MMD -MP -c $< -o $@

# Criterion's Test() defines variables that no header declares.
$(OUT)/tests/%_test.o: TEST_CFLAGS := $(if $(CLANG),-Wno-missing-variable-declarations)

$(OUT)/libraygate.a: $(LIB)
	$(call say,AR,$@)
	$(Q)rm -f $@ && $(AR) rcs $@ $^

# $(1) more libraries
define link
	$(call say,LD,$@)
	@mkdir -p $(@D)
	$(Q)$(CC) $(ALL_LDFLAGS) -o $@ $(filter %.o %.a,$^) $(LDLIBS) $(1)
endef

$(OUT)/raygate: $(OUT)/server/main.o $(OUT)/libraygate.a
	$(call link)

$(OUT)/unit: $(call object,$(TEST) $(KIT)) $(OUT)/libraygate.a
	$(call link,-lcriterion)

$(OUT)/e2e: $(call object,$(E2E) $(KIT)) $(OUT)/libraygate.a
	$(call link,-lcriterion)

# libFuzzer brings its own main; a replay of files has a plain one. None of these know Criterion.
PLAIN  := $(addprefix $(OUT)/tests/support/,files.o base64.o every_rule.o json_grammar.o api_server_kit.o api_peer.o) \
	$(OUT)/libraygate.a
REPLAY := $(if $(filter fuzz,$(MODE)),,$(OUT)/tests/fuzz/standalone.o)
$(OUT)/fuzz/%: $(OUT)/tests/fuzz/fuzz_%.o $(REPLAY) $(PLAIN)
	$(call link)
# Reviews are mutated as JSON as often as bytes.
build/fuzz-clang/fuzz/admission: build/fuzz-clang/tests/fuzz/json_mutator.o

$(OUT)/stress/%: $(OUT)/tests/stress/%.o $(PLAIN)
	$(call link)

$(OUT)/bench/%: $(OUT)/tests/bench/%.o $(call object,$(BENCH_KIT)) $(PLAIN)
	$(call link)

.PHONY: force help run test build check bench bench-cluster golden e2e e2e-ray e2e-shell fuzz asan tsan cover \
	clean layers size format shellcheck tidy cppcheck unit test-program programs stress regressions \
	image manifests \
	packages-build packages-test packages-e2e packages-node packages-check
.SECONDARY:

help: ## this list
	@grep -hE '^[a-z0-9-]+:.*## ' $(MAKEFILE_LIST) | sed 's/:.*## /\t/' | expand -t 16

##### What people use

run: build ## install what is missing, build, and serve admission on https://127.0.0.1:9443
	$(Q)exec build/raygate serve --offline

build: packages-build ## build/raygate, with release flags
	$(Q)$(PARALLEL) MODE=release build/release/raygate
	$(Q)ln -f build/release/raygate build/raygate

test: packages-build packages-test ## unit, golden and end-to-end tests
	$(Q)$(PARALLEL) programs
	$(Q)$(MAKE) unit
	$(if $(E2E),$(Q)$(MAKE) test-program)

unit: $(OUT)/unit ## unit tests alone; FILTER='quantity*/*' runs some
	$(Q)$(OUT)/unit $(if $(FILTER),--filter '$(FILTER)')

test-program: $(OUT)/raygate $(OUT)/e2e ## the tests that talk to the built program
	$(Q)RAYGATE=$(CURDIR)/$(OUT)/raygate $(OUT)/e2e $(if $(FILTER),--filter '$(FILTER)')

CLUSTER := tests/e2e/cluster
e2e: build packages-test packages-e2e ## scenarios on a real Kubernetes, built once into a cache; SCENARIO=name runs one
	$(Q)$(PARALLEL) $(OUT)/e2e
	$(Q)$(CLUSTER)/run.sh $(CLUSTER)/scenarios.sh $(SCENARIO)

e2e-ray: image packages-e2e packages-node ## scenarios on a real node that runs our image and Ray; takes root; SCENARIO=name runs one
	$(Q)NODE=real $(CLUSTER)/run.sh $(CLUSTER)/scenarios.sh $(SCENARIO)

e2e-shell: image packages-e2e $(if $(filter real,$(NODE)),packages-node) ## a shell in that cluster, with kubectl and the gate; NODE=real for a real node
	$(Q)$(CLUSTER)/run.sh $(CLUSTER)/shell.sh

golden: $(OUT)/unit ## write the expected answers of tests/golden anew; the diff is the review
	$(Q)GOLDEN=write $(OUT)/unit --filter 'golden*/*'
	@git --no-pager diff --stat -- tests/golden

bench: packages-build ## the benchmarks of tests/bench, each a ratio within one run
	$(Q)$(PARALLEL) MODE=release $(addprefix build/release/,$(BENCH) raygate)
	$(Q)bad=0; for b in $(BENCH); do \
		RAYGATE=$(CURDIR)/build/release/raygate build/release/$$b $(BENCH_DATA) || bad=1; \
	done; exit $$bad

bench-cluster: build packages-e2e ## our controller in a real control plane, against a plain client; CLUSTERS=1000 KUBERAY=path API=memory
	$(Q)$(if $(filter memory,$(API)),tests/bench/cluster/memory.sh,E2E_QPS=1000 $(CLUSTER)/run.sh tests/bench/cluster/bench.sh)

image: build ## build/raygate-image.tar: an OCI image, made without a container engine
	$(Q)manifests/image/build.sh build/raygate build/raygate-image.tar

clean: ## remove build/
	$(Q)rm -rf build

##### What CI runs besides: static checks and builds side by side, then each run alone

STATIC := layers size format shellcheck cppcheck tidy

# The unit tests run once more as users' code is built: what an optimiser makes of it is what they have.
check: packages-build packages-test packages-check ## everything that must hold before a change lands
	$(Q)$(PARALLEL) -k $(STATIC)
	$(Q)$(PARALLEL) WERROR=-Werror programs
	$(Q)$(PARALLEL) WERROR=-Werror MODE=release build/release/unit $(if $(wildcard server/main.c),build/release/raygate)
	$(Q)$(PARALLEL) WERROR=-Werror CC=clang programs
	$(Q)manifests/image/build.sh build/release/raygate build/raygate-image.tar
	$(Q)$(MAKE) manifests
	$(Q)$(MAKE) MODE=release unit
	$(Q)$(MAKE) asan tsan fuzz -j1
	$(if $(E2E),$(Q)HOSTILE=long RAYGATE=$(CURDIR)/build/release/raygate build/debug/e2e)
	@echo 'check: everything holds'

programs: $(OUT)/unit $(if $(wildcard server/main.c),$(OUT)/raygate) $(if $(E2E),$(OUT)/e2e)

# Criterion passes a test that leaks, is itself in the stack of all that a test allocates, and leaks a little
# of its own: what is found counts where a line of ours stands in it.
FOUND := $(CURDIR)/build/asan/found
asan: ## all tests with AddressSanitizer and UndefinedBehaviorSanitizer
	$(Q)$(PARALLEL) MODE=asan programs
	$(Q)rm -f $(FOUND).*; ASAN_OPTIONS=log_path=$(FOUND) $(MAKE) MODE=asan LSAN_OPTIONS=exitcode=0 unit
	$(Q)! grep -h ' in .*[.][ch]:[0-9]' $(FOUND).* 2>/dev/null | grep -v libsanitizer || { cat $(FOUND).*; exit 1; }
	$(if $(E2E),$(Q)$(MAKE) MODE=asan test-program)

# Criterion does not start under ThreadSanitizer, so these are plain programs.
tsan: ## the stress programs of tests/stress with ThreadSanitizer
	$(Q)$(PARALLEL) MODE=tsan stress

stress: $(addprefix $(OUT)/,$(STRESS))
	$(Q)for s in $^; do echo "  RUN    $$s"; $$s || exit 1; done

fuzz: ## replay the fuzzers' corpora and regressions with AddressSanitizer
	$(Q)$(PARALLEL) MODE=asan regressions

regressions: $(addprefix $(OUT)/fuzz/,$(FUZZ))
	$(Q)$(foreach f,$(FUZZ),$(OUT)/fuzz/$f tests/fuzz/corpus/$f tests/fuzz/regress/$f \
		$(FUZZ_SEEDS_$f) &&) true

FUZZ_TIME ?= 60
# Where a fuzzer's dictionary comes from, and more inputs to start with.
FUZZ_WORDS_admission := api/*.c validators/*.c
FUZZ_WORDS_policy := api/policy.c
FUZZ_WORDS_kubeconfig := server/kube/kubeconfig*.c
FUZZ_WORDS_watch := server/kube/watch_event.c server/kube/status.c
FUZZ_SEEDS_admission := manifests/samples/reviews tests/golden/reviews
FUZZ_SEEDS_policy := manifests/policies
fuzz-%: packages-check ## fuzz one parser for FUZZ_TIME seconds with libFuzzer, e.g. make fuzz-quantity
	$(Q)$(PARALLEL) MODE=fuzz CC=clang build/fuzz-clang/fuzz/$*
	$(Q)mkdir -p build/fuzz-corpus/$* tests/fuzz/corpus/$*
	$(Q)tests/fuzz/words.sh $(or $(FUZZ_WORDS_$*),api/*.c) >build/fuzz-$*.dict
	$(Q)build/fuzz-clang/fuzz/$* -max_total_time=$(FUZZ_TIME) -artifact_prefix=build/fuzz-$*- \
		-dict=build/fuzz-$*.dict build/fuzz-corpus/$* tests/fuzz/corpus/$* $(FUZZ_SEEDS_$*)

cover: ## line coverage of the unit tests, with a floor for the folders that judge
	$(Q)find build/cover -name '*.gcda' -delete 2>/dev/null || true
	$(Q)$(PARALLEL) MODE=cover build/cover/unit
	$(Q)build/cover/unit >/dev/null 2>build/cover/unit.log || { cat build/cover/unit.log; exit 1; }
	$(Q)tests/cover.sh build/cover

layers: ## who may include whom: tests/layers
	$(Q)tests/layers.sh

size: ## no file over 500 lines, no function over 60
	$(Q)tests/size.sh

format: ## clang-format finds nothing to change; FIX=1 changes it
	$(Q)clang-format $(if $(FIX),-i,--dry-run -Werror) $(OURS)

SCRIPTS := .ci/run $(call find,manifests tests,*.sh)
# They are read by a shell that has the functions of tests/e2e/cluster/lib, and ends at an error.
STEPS := $(filter tests/e2e/cluster/scenarios%,$(SCRIPTS))
shellcheck: ## shellcheck on every script
	$(Q)shellcheck $(filter-out $(STEPS),$(SCRIPTS))
	$(Q)shellcheck --shell=bash --exclude=SC1091,SC2016,SC2119,SC2148,SC2154,SC2164 $(STEPS)

manifests: $(OUT)/raygate ## chart, CRDs and kustomization; FIX=1 writes what is derived
	$(Q)tests/manifests/check.sh $(OUT)/raygate
	$(Q)tests/manifests/check_ray.sh $(OUT)/raygate

# A file is read again when it, a header of it, or the rules have changed.
TIDY := $(SRC) $(KIT) $(call find,tests/fuzz,*.c)
tidy: $(TIDY:%=build/tidy/%.ok) ## clang-tidy with the rules of .clang-tidy
build/tidy/%.c.ok: %.c .clang-tidy tests/.clang-tidy
	$(call say,TIDY,$<)
	@mkdir -p $(@D)
	$(Q)clang-tidy --quiet $< -- -std=c11 $(CPPFLAGS) 2>&1 | \
		{ ! grep -vE '^[0-9]+ warnings? generated|^Suppressed|^Use -header-filter'; }
	$(Q)clang -std=c11 $(CPPFLAGS) -MM -MP -MT $@ -MF build/tidy/$*.d $<
	@touch $@

cppcheck: ## cppcheck; its exceptions, with reasons, are in tests/cppcheck.suppress
	$(Q)mkdir -p build/cppcheck
	$(Q)cppcheck --quiet --error-exitcode=1 -j$$(nproc) --std=c11 --cppcheck-build-dir=build/cppcheck \
		--enable=warning,style,performance,portability --inline-suppr \
		--suppressions-list=tests/cppcheck.suppress $(CPPFLAGS) $(SRC) $(KIT)

##### Packages

# $(1) packages. Does nothing when all are there, or where there is no dpkg.
define install
	@command -v dpkg-query >/dev/null || exit 0; \
	have=" $$(dpkg-query -W -f='$${db:Status-Status}:$${Package} ' $(1) 2>/dev/null)"; \
	missing=; for p in $(1); do [[ $$have == *" installed:$$p "* ]] || missing+=" $$p"; done; \
	[ -n "$$missing" ] || exit 0; \
	echo "installing$$missing"; \
	root=; [ "$$(id -u)" = 0 ] || root=sudo; \
	apt="$$root env DEBIAN_FRONTEND=noninteractive apt-get -qq -o DPkg::Lock::Timeout=300"; \
	log=$$(mktemp); trap 'rm -f "$$log"' EXIT; \
	{ $$apt update && $$apt install -y --no-install-recommends $$missing; } >"$$log" 2>&1 </dev/null || \
		{ cat "$$log"; echo "could not install$$missing"; exit 1; }
endef

packages-build:
	$(call install,$(BUILD_PACKAGES))
packages-test: packages-build
	$(call install,$(TEST_PACKAGES))
packages-e2e: packages-build
	$(call install,$(E2E_PACKAGES))
packages-node: packages-build
	$(if $(NODE_PACKAGES),$(call install,$(NODE_PACKAGES)))
packages-check: packages-test
	$(call install,$(CHECK_PACKAGES))

-include $(shell find build/tidy $(OUT) -name '*.d' 2>/dev/null)
