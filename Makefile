# `make help` lists what there is. Rust, make and python3 with pip must be there beforehand, and node for `make frontend`.

TARGET  := $(or $(CARGO_TARGET_DIR),target)
WAKEFUL := $(TARGET)/release/wakeful
TOOLS   := $(or $(WAKEFUL_TOOLS),$(HOME)/.cache/wakeful/tools)
export PATH := $(TOOLS)/bin:$(PATH)

ROAD_TRAFFIC := examples/road-traffic
REVIEW_2013  := examples/review-2013

.DEFAULT_GOAL := help
.PHONY: help demo manual frontend test api e2e tour thorough crash mutants fuzz year bench fmt lint docs clean

help: ## Show this list
	@sed -n 's/^\([a-z]*\):.*## /\1	/p' $(MAKEFILE_LIST) | expand -t 12

demo: ## Review both examples as pages into out/, and serve a live record
	cargo build --release --locked --package wakeful-cli
	mkdir -p out
	$(WAKEFUL) review $(ROAD_TRAFFIC)/Road_Traffic_Fine_Management_Process.xes.gz \
	  --policy $(ROAD_TRAFFIC)/policy.toml --summary --format table
	$(WAKEFUL) review $(ROAD_TRAFFIC)/Road_Traffic_Fine_Management_Process.xes.gz \
	  --policy $(ROAD_TRAFFIC)/policy.toml --format html --out out/road-traffic.html
	$(WAKEFUL) review $(REVIEW_2013)/events.jsonl --policy policies/england --format table
	$(WAKEFUL) review $(REVIEW_2013)/events.jsonl --policy policies/england --format html --out out/review-2013.html
	WAKEFUL=$(WAKEFUL) scripts/demo
	@echo "Open in a browser: $(CURDIR)/out/road-traffic.html and $(CURDIR)/out/review-2013.html"

manual: ## Write docs/england.md and docs/england.html anew from policies/england
	cargo run --locked --package wakeful-cli -- policy doc policies/england --out docs/england.md
	cargo run --locked --package wakeful-cli -- policy doc policies/england --format html --out docs/england.html

frontend: ## Take both design systems over from npm anew
	scripts/front-end

test: ## Run every quick test
	scripts/test

api: ## Ask the API whatever its description allows, and what it does not
	scripts/api

e2e: ## Look at every page in a real browser, and walk through what people do
	scripts/e2e

tour: ## Take the screenshots of docs/tour anew
	scripts/e2e tour

thorough: ## Run the long tests: API, browser, generated logs, kills, mutants, fuzzing
	WAKEFUL_SEED=$$(date +%s) WAKEFUL_CASES=10000 cargo test --release --locked --workspace --test agreement
	scripts/api 500
	$(MAKE) e2e crash mutants fuzz

crash: ## Kill the server at each of its writes, on both databases, and see that nothing is lost or doubled
	cargo run --locked --package xtask -- crash
	cargo run --locked --package xtask -- crash --database postgres

mutants: ## Change the engine in small ways and see the tests notice
	cargo run --locked --package xtask -- mutants

fuzz: ## Feed each reader made-up input for a minute
	scripts/tool cargo-fuzz
	scripts/fuzz 60

year: ## Review a made year of a force that does all in time
	cargo build --release --locked --package wakeful-cli
	mkdir -p out
	$(WAKEFUL) synth --out out/clean-year.jsonl
	$(WAKEFUL) review out/clean-year.jsonl --policy policies/england --summary --format table \
	  --fail-on overdue,met-late,breached,unrecorded,undecided

bench: ## Measure the engine and the live system; bench/README.md says what
	cargo run --release --locked --package wakeful-bench --bin throughput
	cargo bench --locked --package wakeful-bench
	cargo run --release --locked --package wakeful-bench --features live --bin live

fmt: ## Format the code
	cargo fmt --all

lint: ## Check format, lints, licences and spelling
	scripts/tool cargo-deny typos
	cargo fmt --all --check
	cargo clippy --locked --workspace --all-targets --features live -- -D warnings
	cargo deny check bans licenses sources
	typos

docs: ## Build the documentation of the code
	RUSTDOCFLAGS=-Dwarnings cargo doc --locked --no-deps --workspace

clean: ## Remove what was built
	cargo clean
	rm -rf out
