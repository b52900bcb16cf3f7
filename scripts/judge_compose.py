"""What compose.yaml must hold, by parsing it: judge_compose.py HELM

Every service is known, and every agent of the chart is one; images are the chart's; the binary reads every variable that it is
given, and is given what it needs; whoever is waited for or named in an address exists; ports do not clash; our own containers have
no more rights than a restricted pod; no secret is in the file. Not here: running it, which takes a container engine.
"""

import re
import sys

import yaml

from chart import CHART, ROOT, agents_of_the_chart, objects, settings_read

STEPS = {"migrate": ["migrate"], "topics": ["topics", "apply"]}
SERVERS = {"postgres", "redis", "kafka"}
# What an agent on Kafka cannot start without, or would be alone without.
NEEDED = {
    "AGENT_BUS_BUS", "AGENT_BUS_DATABASE", "AGENT_BUS_JWKS", "AGENT_BUS_KAFKA_BROKERS", "AGENT_BUS_PEERS", "AGENT_BUS_REDIS",
    "AGENT_BUS_HOST", "AGENT_BUS_INTERNAL_HOST", "APP_API_TOKEN",
}  # fmt: skip
# What the agents' runtime, tokio, reads by itself.
RUNTIME = {"TOKIO_WORKER_THREADS": "1"}
HEALTH = ["CMD", "/usr/bin/agent-bus", "health"]
HARDENED = {"user": "65532:65532", "read_only": True, "cap_drop": ["ALL"], "security_opt": ["no-new-privileges:true"]}
VARIABLE = re.compile(r"\$\{([A-Z_]+)([^}]*)\}")


def ours(compose):
    return {name: service for name, service in compose["services"].items() if name not in SERVERS}


def environment(service):
    return {name: str(value) for name, value in service.get("environment", {}).items()}


def known(compose, helm):
    found, wanted = set(compose["services"]), agents_of_the_chart(helm) | set(STEPS) | SERVERS
    for name in sorted(wanted - found):
        yield f"there is no service {name}"
    for name in sorted(found - wanted):
        yield f"services.{name}: neither an agent of the chart, nor a step, nor a server"


def images(compose, helm):
    values = yaml.safe_load((CHART / "values.yaml").read_text())
    version = yaml.safe_load((CHART / "Chart.yaml").read_text())["appVersion"]
    for name, service in compose["services"].items():
        server = values["bundled"].get(name, {}).get("image")
        wanted = server if name in SERVERS else f"{values['image']['repository']}:{version}"
        if service.get("image") != wanted:
            yield f"services.{name}.image is {service.get('image')}, the chart's is {wanted}"
    for name, service in ours(compose).items():
        build = service.get("build", {})
        if not (ROOT / build.get("context", "-") / build.get("dockerfile", "-")).is_file():
            yield f"services.{name}.build names no Dockerfile"


def commands(compose, helm):
    for name, service in ours(compose).items():
        wanted = STEPS.get(name, ["serve", name])
        if service.get("command", [])[: len(wanted)] != wanted:
            yield f"services.{name}.command does not begin with {wanted}"
        lasts = service.get("restart") == "unless-stopped"
        if lasts == (name in STEPS):
            yield f"services.{name}.restart: steps end, agents do not"
        if name not in STEPS and service.get("healthcheck", {}).get("test") != HEALTH:
            yield f"services.{name}.healthcheck.test is not {HEALTH}"


def settings(compose, helm):
    read = settings_read()
    for name, service in ours(compose).items():
        given = environment(service)
        for variable in sorted(set(given) - read - RUNTIME.keys()):
            yield f"services.{name}.environment.{variable}: the binary does not read it"
        if name in STEPS:
            continue
        for variable in sorted(NEEDED - set(given)):
            yield f"services.{name}.environment has no {variable}"
        for variable, wanted in RUNTIME.items():
            if given.get(variable) != wanted:
                yield f"services.{name}.environment.{variable} is not {wanted}: agents on one machine share its processors"
        keys = [volume["target"] for volume in service.get("volumes", [])]
        if given.get("AGENT_BUS_JWKS") not in keys:
            yield f"services.{name}: AGENT_BUS_JWKS is no file that it is given"


def bare(value):
    """Without what comes from outside, which may hold anything."""
    return VARIABLE.sub("outside", value)


def addresses(compose, helm):
    """Every host is a service that listens there, and agents ask whom they ask in the chart."""
    services = compose["services"]
    listens = {"postgres": {"5432"}, "redis": {"6379"}, "kafka": {"9092"}}
    for name, service in ours(compose).items():
        if name not in STEPS:
            listens[name] = {environment(service).get("AGENT_BUS_INTERNAL_PORT", "8081")}
    for name, service in ours(compose).items():
        for variable, value in environment(service).items():
            hosts = re.findall(r"([a-z]+):(\d+)(?=[/,]|$)", bare(value)) if variable != "AGENT_BUS_INTERNAL_HOST" else []
            for host, port in hosts:
                if port not in listens.get(host, ()):
                    yield f"services.{name}.environment.{variable}: nobody listens at {host}:{port}"
                if host in SERVERS and host not in service.get("depends_on", {}):
                    yield f"services.{name}.depends_on has no {host}, which its {variable} names"
    chart = {
        document["metadata"]["labels"]["app.kubernetes.io/component"]: one
        for document in objects(helm, "agent-bus", "--set", "bus=kafka")
        if document["kind"] == "Deployment"
        for one in document["spec"]["template"]["spec"]["containers"]
    }
    peers = lambda text: {pair.split("=")[0]: pair.split("//")[-1] for pair in text.split(",") if pair}  # noqa: E731
    for name in sorted(chart.keys() & services.keys()):
        asks = peers({one["name"]: one.get("value", "") for one in chart[name]["env"]}.get("AGENT_BUS_PEERS", ""))
        has = peers(environment(services[name]).get("AGENT_BUS_PEERS", ""))
        if asks.keys() != has.keys():
            yield f"services.{name}: AGENT_BUS_PEERS has {sorted(has)}, in the chart it asks {sorted(asks)}"
        for agent, address in has.items():
            if not address.startswith(f"{agent}:"):
                yield f"services.{name}: AGENT_BUS_PEERS has {agent} at {address}"


def waits(compose, helm):
    services = compose["services"]
    for name, service in services.items():
        for other, how in service.get("depends_on", {}).items():
            condition = how["condition"]
            if other not in services:
                yield f"services.{name}.depends_on.{other}: there is no such service"
            elif condition == "service_completed_successfully" and other not in STEPS:
                yield f"services.{name}.depends_on.{other}: it never ends"
            elif condition == "service_healthy" and "test" not in services[other].get("healthcheck", {}):
                yield f"services.{name}.depends_on.{other}: it has no healthcheck"
            elif condition not in ("service_completed_successfully", "service_healthy"):
                yield f"services.{name}.depends_on.{other}: {condition} says nothing of whether it works"
        if name not in STEPS and name not in SERVERS:
            for step in sorted(STEPS.keys() - service.get("depends_on", {}).keys()):
                yield f"services.{name}.depends_on has no {step}"


def ports(compose, helm):
    taken = {}
    for name, service in compose["services"].items():
        for port in service.get("ports", []):
            host, outside, inside = port.rsplit(":", 2) if port.count(":") == 2 else ("", *port.split(":"))
            if host != "127.0.0.1":
                yield f"services.{name}.ports: {port} can be reached from other machines"
            if outside in taken:
                yield f"services.{name}.ports: {outside} is {taken[outside]}'s"
            taken[outside] = name
            if name in agents_of_the_chart(helm) and inside != environment(service).get("AGENT_BUS_PORT", "8080"):
                yield f"services.{name}.ports: it does not listen on {inside}"
        if name in agents_of_the_chart(helm) and not service.get("ports"):
            yield f"services.{name} has no port"


def rights(compose, helm):
    for name, service in ours(compose).items():
        for key, wanted in HARDENED.items():
            if service.get(key) != wanted:
                yield f"services.{name}.{key} is not {wanted}"
        for key in sorted({"privileged", "cap_add", "network_mode", "pid", "ipc", "devices"} & service.keys()):
            yield f"services.{name}.{key} gives it more than a restricted pod has"
        for volume in service.get("volumes", []):
            if volume.get("read_only") is not True or volume.get("bind", {}).get("create_host_path") is not False:
                yield f"services.{name}.volumes: {volume.get('target')} can be written, or is made where it is missing"


def secrets(compose, helm):
    """What must be given says what to do where it is not; nothing secret has a default."""
    for name, service in compose["services"].items():
        for variable, value in environment(service).items():
            secret = variable.endswith(("TOKEN", "PASSWORD")) or re.search(r"//[^/]*:[^/]*@", bare(value))
            found = VARIABLE.findall(value)
            if secret and not any(rest.startswith(":?") for _, rest in found):
                yield f"services.{name}.environment.{variable} is a secret, and is not asked for with ${{NAME:?...}}"
            for outer, rest in found:
                if not rest.startswith((":?", ":-")) or (rest.startswith(":?") and outer not in rest):
                    yield f"services.{name}.environment.{variable}: {outer} has neither a default nor a message that names it"


def main():
    helm = sys.argv[1]
    compose = yaml.safe_load((ROOT / "compose.yaml").read_text())
    parts = [known, images, commands, settings, addresses, waits, ports, rights, secrets]
    wrong = [line for part in parts for line in part(compose, helm)]
    if wrong:
        raise SystemExit("\n".join(f"compose.yaml: {line}" for line in wrong))
    print(f"compose.yaml: {len(compose['services'])} services, as the chart has them; nothing was started")


if __name__ == "__main__":
    main()
