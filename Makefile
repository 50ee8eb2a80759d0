# What people do with this repository. Needs Go only; see CONTRIBUTING.md.

.PHONY: run test lint fuzz gen bench proof

run: ## the whole job on the sample municipality, at http://localhost:8080
	go run . demo

test:
	go test ./...

lint:
	test -z "$$(gofmt -l .)" || { gofmt -l .; exit 1; }
	go vet ./...
	go tool staticcheck ./...
	go mod tidy -diff

# Each fuzz target for FUZZTIME; findings land in the package's testdata.
FUZZTIME ?= 30s
fuzz:
	@grep -rl --include='*_test.go' '^func Fuzz' . | xargs -n1 dirname | sort -u | while read -r dir; do \
		for f in $$(grep -ho '^func Fuzz[A-Za-z0-9_]*' $$dir/*_test.go | sed 's/func //'); do \
			echo "$$dir $$f"; go test -run '^$$' -fuzz "^$$f\$$" -fuzztime $(FUZZTIME) -fuzzminimizetime 1s $$dir || exit 1; \
		done; \
	done

gen: ## rewrite golden files and conformance reports from what the code does now; read the diff
	@grep -rlE --include='*_test.go' 'belfort/internal/suite"|flag\.Bool\("update"' . | xargs -n1 dirname | sort -u | while read -r dir; do \
		go test $$dir -short -update || exit 1; \
	done

bench:
	go test -run '^$$' -bench . -benchmem ./...
	BELFORT_PEERS=1 go test -count=1 -timeout 1h -v -run TestPeers . # docs/bench/sparql.md
	BELFORT_PEERS=1 BELFORT_SCALE=50 go test -count=1 -timeout 1h -v -run TestCrawlPeers . # docs/bench/harvest.md

proof: ## the full counts that take hours; results are kept in docs/proof/. Each step prints its seeds
	BELFORT_KILLS=200 go test -count=1 -timeout 4h -v -run '^TestKill' ./sparql/quadstore
	BELFORT_KILLS=200 go test -count=1 -timeout 4h -v -run '^TestKill' .
	BELFORT_PAIRS=1000000 go test -count=1 -timeout 12h -v -run '^TestOracle$$' ./sparql/eval
	BELFORT_PAIRS=1000000 go test -count=1 -timeout 12h -v -run '^TestOracleOnStore$$' ./sparql/eval
	BELFORT_PAIRS=100000 go test -count=1 -timeout 2h -v -run '^TestRandom$$' ./sparql/remote # needs Virtuoso
	BELFORT_FLANDERS=300 BELFORT_DAYS=21 go test -count=1 -timeout 4h -v -run '^TestFlanders$$' .
	BELFORT_KILLS=50 go test -count=1 -timeout 2h -v -run 'Kill' ./internal/state/postgres # needs PostgreSQL
	BELFORT_HOSTILE=10m go test -count=1 -timeout 30m -v -run '^TestHostile$$' .
	$(MAKE) fuzz FUZZTIME=10m
