# What a developer does here. `make` alone says what there is.
# Needs Go (go.mod says which), Node 20.19 or later, and for every test what
# .ci/run installs: a C compiler, chromium, PostgreSQL, Postfix, Dovecot and more.
.DEFAULT_GOAL := help
.PHONY: help run demo dev build web test check lint test-go test-postgres test-mail test-web e2e bench profile generate clean

# Without it the tests of all packages have compiled the same already.
trim := -trimpath
version := $(shell git describe --tags --always --dirty 2>/dev/null || echo dev)
web_sources := $(shell find web/src web/widget web/public -type f 2>/dev/null) $(wildcard web/*.html web/*.ts web/*.js)

help: ## say what there is
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-14s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

run: build ## build everything and start Parley on http://127.0.0.1:8080, data in ./data
	./bin/parley serve --data ./data

demo: build ## the same with an invented, living workspace in ./data-demo
	./bin/parley demo --data ./data-demo

dev: web/node_modules/.package-lock.json ## server and UI side by side; the UI reloads as you type
	scripts/dev

build: web ## bin/parley, with the UI in it
	CGO_ENABLED=0 go build $(trim) -ldflags '-s -w -X main.version=$(version)' -o bin/parley ./cmd/parley

web: web/dist/app/index.html ## the UI and the visitor's widget, into web/dist

web/dist/app/index.html: web/node_modules/.package-lock.json $(web_sources)
	cd web && npm run build
	@touch $@

web/node_modules/.package-lock.json: web/package.json web/package-lock.json
	cd web && npm ci --no-audit --no-fund
	@touch $@

test: ## every test: format, linters, Go on SQLite and on PostgreSQL, UI, browser
	scripts/test

check: ## what takes a minute: format, linters, Go tests without the race detector
	scripts/test format vet lint quick

lint: ## linters for Go and for the UI
	scripts/test format vet lint web-lint

test-go: ## Go tests on SQLite, with the race detector
	scripts/test go

test-postgres: ## Go tests of what uses a database, on a throwaway PostgreSQL
	scripts/test postgres

test-mail: ## Go tests of mail, through a throwaway Postfix and Dovecot
	scripts/test mail

test-web: ## types, linters, unit tests and size budgets of the UI
	scripts/test web-lint web

e2e: ## the real program in a real browser
	scripts/test e2e

bench: build ## measure the program on SQLite and PostgreSQL and write docs/benchmarks.md; hours, on a quiet machine
	scripts/bench

profile: build ## where the time of the loads goes: bin/profiles/*.pprof
	go run ./bench -only write,feed,lists -sizes 10000 -profile bin/profiles
	@for p in bin/profiles/*.pprof; do echo; echo $$p; go tool pprof -top -cum bin/parley $$p 2>/dev/null | grep -E 'parley/|flat' | head -25; done

generate: ## what is made of code: the API's description and the UI's types for it
	scripts/generate

clean: ## remove what was built; ./data stays
	rm -rf bin web/dist/app web/dist/widget web/test-results web/playwright-report
