# Two commands matter: `make run` opens Switchboard on the practice account, `make test` runs everything CI runs.
# Both set up what is missing first.
.PHONY: run test test-long chaos tour bench fuzz bundle generate setup fmt lint ui

run:        ; @bash scripts/run.sh
test:       ; @bash scripts/test.sh
test-long:  ; @bash scripts/test.sh --long
chaos:      ; @SEEDS="$(SEEDS)" SEED="$(SEED)" FROM="$(FROM)" bash scripts/chaos.sh
tour:       ; @bash scripts/tour.sh
bench:      ; @bash scripts/bench.sh $(ONLY)
fuzz:       ; @ONLY="$(ONLY)" FOR="$(FOR)" bash scripts/fuzz.sh
bundle:     ; @bash scripts/bundle.sh
generate:   ; @bash scripts/generate.sh
setup:      ; @bash scripts/setup.sh test
ui:         ; @bash scripts/setup.sh run && cd ui && npm run dev
lint:       ; @bash scripts/test.sh format ui lints
fmt:
	@cargo fmt --all
	@cargo fmt --manifest-path fuzz/Cargo.toml
	@cd ui && npx --no-install biome check --write .
