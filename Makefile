# The verbs. Each is a script in scripts/ or bench/ that says what it does; CONTRIBUTING.md tells when to use which.

.PHONY: help run test e2e check bench bench-durable bench-students crash crash-long crash-up soak soak-events game-day audit image openapi k8s settings
.DEFAULT_GOAL := help

help: ## this list
	@sed -n 's/^\([a-z0-9-]*\):[^#]*## \(.*\)/  make \1\t\2/p' Makefile | expand -t 20

run: ## build and start all agents in one process (ARGS="--port 9000" goes to `up`)
	@scripts/run up $(ARGS)

test: ## everything there is to test
	@scripts/test

e2e: ## the release on a real cluster: that of KUBECONFIG, else one made here (root): install, story, upgrade, kills, restore, uninstall
	@scripts/e2e $(ARGS)

check: ## format, lints, documentation, dependencies, generated files
	@scripts/check

bench: ## requests a second, latency and memory, beside a FastAPI peer (release build)
	@bench/run routes $(ARGS)

bench-durable: ## scores a second, durable end to end, for each store and bus, beside pgbench and librdkafka (release build)
	@bench/run durable $(ARGS)

bench-students: ## 1,000 students at 1,000 requests a second for ten minutes, each agent in a process of its own (release build)
	@bench/run students $(ARGS)

crash: ## 100 SIGKILLs of agents, sidecars, Kafka and Postgres under load: nothing answered is lost, nothing counted twice
	@scripts/crash-with cluster $(ARGS)

crash-long: ## 1,000 kills, three brokers and one of them lost at a time
	@scripts/crash-with cluster --kills 1000 --requests 20000 --brokers 3 $(ARGS)

crash-up: ## 100 SIGKILLs of `agent-bus up` under load
	@scripts/crash-with up $(ARGS)

soak: ## 2,000 hostile programs through the sandbox: memory stays flat
	@scripts/soak $(ARGS)

soak-events: ## an hour at a steady rate over Dapr, Kafka and Postgres: memory, handles and lag stay flat (release build)
	@scripts/crash-with soak $(ARGS)

game-day: ## makes each alert fire for real, and clear; prints how long it took (ARGS="--only AgentDown")
	@scripts/game-day $(ARGS)

audit: ## many seeds of every exercise, tried in the sandbox (release build; ARGS="--seeds 200")
	@scripts/audit $(ARGS)

image: ## the image, from a release build, without a container engine (root); then run once
	@scripts/build --release >/dev/null
	@scripts/image build $(ARGS)
	@scripts/image try

openapi: ## write contracts/openapi anew from the code
	@scripts/run openapi --dir contracts/openapi

k8s: ## write k8s/base, k8s/overlays and k8s/strimzi anew from the chart
	@"$$(scripts/need venv chart)" scripts/render-k8s "$$(scripts/need helm)" "$$(scripts/need kustomize)"

settings: ## write the table of settings in docs/DEPLOYMENT.md anew from the chart
	@"$$(scripts/need venv chart)" scripts/settings-table
