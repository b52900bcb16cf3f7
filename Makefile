# The verbs. Each is a script in scripts/ or bench/ that says what it does; CONTRIBUTING.md tells when to use which.

.PHONY: help run test check bench crash crash-long crash-up soak audit openapi
.DEFAULT_GOAL := help

help: ## this list
	@sed -n 's/^\([a-z-]*\):[^#]*## \(.*\)/  make \1\t\2/p' Makefile | expand -t 18

run: ## build and start all agents in one process (ARGS="--port 9000" goes to `up`)
	@scripts/run up $(ARGS)

test: ## everything there is to test
	@scripts/test

check: ## format, lints, documentation, dependencies, generated files
	@scripts/check

bench: ## requests a second, latency and memory, beside a FastAPI peer (release build)
	@bench/run $(ARGS)

crash: ## 100 SIGKILLs of agents, sidecars, Kafka and Postgres under load: nothing answered is lost, nothing counted twice
	@scripts/crash-with cluster $(ARGS)

crash-long: ## 1,000 kills, three brokers and one of them lost at a time
	@scripts/crash-with cluster --kills 1000 --requests 100000 --brokers 3 $(ARGS)

crash-up: ## 100 SIGKILLs of `agent-bus up` under load
	@scripts/crash-with up $(ARGS)

soak: ## 2,000 hostile programs through the sandbox: memory stays flat
	@scripts/soak $(ARGS)

audit: ## many seeds of every exercise, tried in the sandbox (release build; ARGS="--seeds 200")
	@scripts/audit $(ARGS)

openapi: ## write contracts/openapi anew from the code
	@scripts/run openapi --dir contracts/openapi
