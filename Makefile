# Parley. `make run` starts it; `make test` proves it.

.DEFAULT_GOAL := help
BIN := bin/parley
WEB := $(shell find web/src web/widget web/public web/index.html web/*.ts web/svelte.config.js -type f 2>/dev/null)

help: ## what can be made
	@grep -hE '^[a-z0-9-]+:.*## ' $(MAKEFILE_LIST) | awk -F':.*## ' '{printf "  make %-14s %s\n", $$1, $$2}'

run: build ## build everything and start Parley on SQLite in ./data
	./$(BIN) serve --data ./data

build: web ## build the web interface and the program
	go build -trimpath -ldflags='-s -w' -o $(BIN) ./cmd/parley

web: web/dist/app/index.html ## build the web interface

web/node_modules/.package-lock.json: web/package-lock.json
	cd web && npm ci --no-audit --no-fund
	@touch $@

web/dist/app/index.html: web/node_modules/.package-lock.json $(WEB)
	cd web && npm run build
	@touch $@

generate: ## describe the API and make the TypeScript client of it
	mkdir -p bin && go build -o $(BIN) ./cmd/parley
	./$(BIN) openapi > bin/openapi.yaml
	cd web && npx openapi-typescript ../bin/openapi.yaml -o src/lib/api/schema.d.ts

test: check test-sqlite test-postgres test-web e2e ## everything: both databases, web, browser

check: web ## formatting, vet, that generated code is up to date
	@test -z "$$(gofmt -l $$(git ls-files '*.go'))" || { echo 'Not formatted:'; gofmt -l $$(git ls-files '*.go'); exit 1; }
	go vet ./...
	go mod verify
	$(MAKE) --no-print-directory generate
	git diff --exit-code -- web/src/lib/api/schema.d.ts

test-sqlite: web ## Go tests on SQLite, with the race detector
	go test -race ./...

test-postgres: ## the tests that touch data, on a PostgreSQL of their own
	scripts/with-postgres go test -race -count=1 ./app/... ./cmd/...

test-web: web ## unit tests, types and sizes of the web interface
	cd web && npm run check && npm test && npm run size

e2e: build ## the real program in a real browser
	cd web && npx playwright test

.PHONY: help run build web generate test check test-sqlite test-postgres test-web e2e
