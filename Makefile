# Each target does its own set-up. Everything that is built with all traits shares .build.

SHELL := /bin/bash
TRAITS := --enable-all-traits
# SwiftPM passes traits on in the order of a set: in another order whatever has traits is compiled anew.
BUILD := SWIFT_DETERMINISTIC_HASHING=1 swift build
# The demo alone needs one framework; where everything is built anyway: make demo DEMO_TRAITS=--enable-all-traits
DEMO_TRAITS ?= --traits Hummingbird
PORT ?= 8080
SOURCES := Package.swift Sources Tests Snippets docs/Examples Benchmarks Fuzzing/Package.swift Fuzzing/Sources
ADAPTERS := nio-h1=h1 hummingbird=h1 flyingfox=h1 toy=h1 nio-h2=h2c hummingbird-h2=h2-tls
SERVER := .build/debug/demo-server
# Servers that are built already, where they are elsewhere: make interop SERVERS=/path (empty: build them here).
SERVERS ?=
INTEROP_SERVERS := $(or $(SERVERS),.build/debug)

.DEFAULT_GOAL := help
.PHONY: help setup setup-all build demo serve test asan tsan lint format docs snippets core-check outside-adapter trait-pairs platforms \
	replay-php conformance interop browser browser-server browser-screenshots early-finish hostile fuzz bench \
	bench-allocations bench-engines bench-servers bench-charts clean

help: ## lists the targets
	@grep -hE '^[a-z-]+:.*## ' Makefile | awk -F ':.*## ' '{ printf "make %-19s %s\n", $$1, $$2 }'

# What a build without the traits of compression libraries needs, and one with all of them.
setup:
	@Scripts/ensure-libraries zlib

setup-all:
	@Scripts/ensure-libraries all

demo: setup ## runs the example server and measures what it promises
	$(BUILD) $(DEMO_TRAITS) --product demo-server
	@PYTHONDONTWRITEBYTECODE=1 python3 docs/Examples/demo $(SERVER)

serve: setup ## keeps the example server running on PORT (8080)
	$(BUILD) $(DEMO_TRAITS) --product demo-server
	@Scripts/print-curl-commands $(PORT)
	@exec $(SERVER) $(PORT)

# The tests over sockets measure time and run by themselves, one at a time; the black-box cases, each on every
# adapter, come last.
SOCKET_TESTS := ^OutputBuffering(NIO|Hummingbird|FlyingFox)Tests\.
BLACK_BOX_TESTS := ^ConformanceTests\.
SWIFT_TEST := swift test $(TRAITS) --disable-xctest --skip-build

build: setup-all ## builds everything with all traits
	$(BUILD) $(TRAITS) --build-tests

test: build ## runs all tests
	@$(SWIFT_TEST) --skip '$(SOCKET_TESTS)' --skip '$(BLACK_BOX_TESTS)'
	@$(SWIFT_TEST) --no-parallel --filter '$(SOCKET_TESTS)'
	@$(SWIFT_TEST) --filter '$(BLACK_BOX_TESTS)'

# Without TLS: a sanitizer would have to instrument all of BoringSSL.
SANITIZED_TEST = OUTPUT_BUFFERING_SANITIZER=$(1) swift test --traits Hummingbird,FlyingFox,Libdeflate,ISAL --disable-xctest \
  --sanitize=$(1) --scratch-path $(2)

asan: export LSAN_OPTIONS = suppressions=$(CURDIR)/Scripts/lsan-suppressions
# A test asks for more memory than there is.
asan: export ASAN_OPTIONS = allocator_may_return_null=1
asan: setup-all ## runs the tests under AddressSanitizer, without the black-box cases and TLS
	@$(call SANITIZED_TEST,address,.build-asan) --skip '$(SOCKET_TESTS)' --skip '$(BLACK_BOX_TESTS)'
	@$(call SANITIZED_TEST,address,.build-asan) --skip-build --no-parallel --filter '$(SOCKET_TESTS)'

tsan: export TSAN_OPTIONS = suppressions=$(CURDIR)/Scripts/tsan-suppressions halt_on_error=0 allocator_may_return_null=1
tsan: setup-all ## runs the tests under ThreadSanitizer, without the black-box cases and TLS
	@$(call SANITIZED_TEST,thread,.build-tsan) --skip '$(SOCKET_TESTS)' --skip '$(BLACK_BOX_TESTS)'
	@$(call SANITIZED_TEST,thread,.build-tsan) --skip-build --no-parallel --filter '$(SOCKET_TESTS)'

lint: ## checks the format and the documentation comments
	swift format lint --strict --recursive --parallel $(SOURCES)

format: ## formats in place
	swift format --in-place --recursive --parallel $(SOURCES)

docs: setup-all ## builds the documentation, warnings as errors, no public symbol without it
	@Scripts/build-documentation

snippets: setup-all ## runs every snippet
	@Scripts/run-snippets

core-check: setup ## checks that a client of the core fetches no framework and links no library but zlib
	@Scripts/check-core-dependencies

trait-pairs: setup-all ## builds and tests every pair of the traits of compression libraries
	@Scripts/check-trait-pairs

outside-adapter: setup ## builds the FlyingFox adapter as a package of its own
	@Scripts/check-outside-adapter

platforms: ## type-checks the core for the Apple platforms that Package.swift names
	@Scripts/check-apple-platforms

replay-php: setup ## compares the output buffers with PHP on fresh random scripts
	@Scripts/replay-php

conformance: setup-all ## runs the black-box cases on every adapter and prints the table
	$(BUILD) $(TRAITS) --product scripted-server
	$(BUILD) $(TRAITS) --product conformance-report
	@.build/debug/conformance-report .build/debug/scripted-server $(ADAPTERS)

bench: setup-all ## measures in release
	@Scripts/run-benchmarks

bench-allocations: setup-all ## checks the allocations of the benchmarks
	@Scripts/run-benchmarks --check

bench-engines: setup-all ## measures every engine and level over the samples, prints the table of levels (FILES)
	@Scripts/bench-engines $(FILES)

bench-servers: setup-all ## compares release servers with nginx and Go by wrk (ROUNDS, SECONDS, ONLY, MEASURE=speed memory overload tracing)
	@Scripts/bench-servers --rounds $(or $(ROUNDS),5) --seconds $(or $(SECONDS),1) \
	  --only '$(ONLY)' --measure '$(or $(MEASURE),speed memory)'

bench-charts: ## draws docs/images/benchmarks and writes the figures of docs/BENCHMARKS.md
	@PYTHONDONTWRITEBYTECODE=1 python3 Benchmarks/Servers/driver/charts.py

interop: setup-all ## runs the demo through curl, Python, nghttp, nginx and an HTTP checker
ifeq ($(SERVERS),)
	$(BUILD) $(TRAITS) --product demo-server
	$(BUILD) $(TRAITS) --product scripted-server
endif
	@PYTHONDONTWRITEBYTECODE=1 python3 Tests/Interoperability/interop \
	  $(INTEROP_SERVERS)/demo-server $(INTEROP_SERVERS)/scripted-server

BROWSER = PYTHONDONTWRITEBYTECODE=1 python3 Tests/Interoperability/browser $(INTEROP_SERVERS)/demo-server

browser-server: setup-all
ifeq ($(SERVERS),)
	$(BUILD) $(TRAITS) --product demo-server
endif

browser: browser-server ## runs the demo's page in headless Chromium
	@$(BROWSER)

browser-screenshots: browser-server ## makes the pictures of the demo's page in docs/images/demo
	@$(BROWSER) --screenshots docs/images/demo

# In release, unless servers are given.
early-finish: setup-all ## measures early finish and flush on every adapter, a hundred at once
ifeq ($(SERVERS),)
	$(BUILD) -c release $(TRAITS) --product scripted-server
endif
	@PYTHONDONTWRITEBYTECODE=1 python3 Tests/Interoperability/early $(or $(SERVERS),.build/release)/scripted-server

hostile: setup-all ## runs hostile clients against every adapter
ifeq ($(SERVERS),)
	$(BUILD) $(TRAITS) --product scripted-server
endif
	@PYTHONDONTWRITEBYTECODE=1 python3 Tests/Interoperability/hostile $(INTEROP_SERVERS)/scripted-server

fuzz: setup-all ## runs each fuzz target for FUZZ_SECONDS (30)
	@Fuzzing/run.sh $(or $(FUZZ_SECONDS),30)

clean: ## removes everything that was built
	rm -rf .build .build-* Benchmarks/.build Benchmarks/Servers/.build Benchmarks/Engines/.build Fuzzing/.build Fuzzing/.build-*
