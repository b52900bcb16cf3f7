"""What the chart must hold beside its unit tests: judge_chart.py HELM

Wrong values are refused before anything is made, with the key named. Two releases in one namespace have no object, app id, topic
or key in common. What is written in two places is the same in both: topics, agents, and the names of settings. Every pod is
one that a restricted namespace takes, and under a policy of its own. Not here: each template by itself (helm/agent-bus/tests), the
manifests for kustomize (scripts/render-k8s).
"""

import re
import sys

from chart import CHART, ROOT, agents_of_the_code, agents_of_the_chart, objects, settings_read, template

DEV = ["--values", CHART / "values-dev.yaml", "--set", "backup.enabled=true"]

# Values that must be refused, and what the refusal must name.
REFUSED = [
    ("defaults: {replicas: -1}", "/defaults/replicas"),
    ("defaults: {replicas: two}", "/defaults/replicas"),
    ("services: {debug: {replicas: -3}}", "/services/debug"),
    ("services: {debug: {replica: 3}}", "replica"),
    ("services: {progres: {replicas: 3}}", "/services/progres"),
    ("services: {exercise: {sandboxRunning: 8}}", "services.exercise.sandboxRunning"),
    ("services: {Debug: {}}", "Debug"),
    ("services: {kafka: {}}", "kafka"),
    ("servces: {}", "servces"),
    ("image: {tagg: x}", "tagg"),
    ("image: {pullPolicy: Sometimes}", "/image/pullPolicy"),
    ("bus: rabbit", "/bus"),
    ("appTokenSecret: ''", "/appTokenSecret"),
    ("auth: {jwks: {secret: ''}}", "/auth/jwks/secret"),
    ("auth: {jwks: {url: keys.example}}", "/auth/jwks/url"),
    ("redis: {address: redis}", "/redis/address"),
    ("kafka: {brokers: ''}", "/kafka/brokers"),
    ("kafka: {brokers: 'a:1,b'}", "/kafka/brokers"),
    ("kafka: {brokers: 'a:70000'}", "/kafka/brokers"),
    ("redis: {address: 'redis:65536'}", "/redis/address"),
    ("kafka: {daprMetadata: [{name: brokers, value: x}]}", "/kafka/daprMetadata"),
    ("kafka: {minInsync: 4}", "kafka.minInsync"),
    ("kafka: {direct: maybe}", "/kafka/direct"),
    ("kafka: {direct: false}", "kafka.direct"),
    ("{bus: kafka, kafka: {direct: false, topics: none}}", "kafka.direct"),
    ("defaults: {autoscaling: {min: 9}}", "defaults.autoscaling.min"),
    ("services: {review: {autoscaling: {max: 1}}}", "services.review.autoscaling.min"),
    ("defaults: {autoscaling: {cpuPercent: 0}}", "/defaults/autoscaling/cpuPercent"),
    ("defaults: {resources: {requests: {memory: lots}}}", "/defaults/resources/requests/memory"),
    ("settings: {studentRequestsPerMinute: 0}", "/settings/studentRequestsPerMinute"),
    ("settings: {sandboxLockdown: none}", "/settings/sandboxLockdown"),
    ("shutdown: {drainSeconds: 0}", "/shutdown/drainSeconds"),
    ("networkPolicy: {gateway: [{}]}", "/networkPolicy/gateway"),
    ("networkPolicy: {redis: [{ipBlock: {}}]}", "/networkPolicy/redis"),
    ("networkPolicy: {kafka: [{ipBlock: {cidr: 10.0.0.300/8}}]}", "/networkPolicy/kafka"),
    ("networkPolicy: {kafka: [{ipBlock: {cidr: 10.0.0.0/33}}]}", "/networkPolicy/kafka"),
    ("services: {debug: {asks: {nobody: [{path: /, verbs: [GET]}]}}}", "services.debug.asks.nobody"),
    ("services: {debug: {hears: [learning.rumours]}}", "/services/debug"),
    ("gatewayApi: {enabled: true}", "/gatewayApi/parents"),
    ("redis: {enabled: false}", "redis.enabled"),
    ("backup: {keepDays: 0}", "/backup/keepDays"),
    ("backup: {keepNewest: 0}", "/backup/keepNewest"),
    ("backup: {schedule: daily}", "/backup/schedule"),
    ("backup: {schedule: '99 2 * * *'}", "/backup/schedule"),
    ("backup: {schedule: '0 2 * * 8'}", "/backup/schedule"),
    ("backup: {image: ''}", "/backup/image"),
    ("backup: {storage: much}", "/backup/storage"),
    ("backup: {keep: 3}", "keep"),
    ("traces: {otlpEndpoint: 'https://otel:4318'}", "/traces/otlpEndpoint"),
    ("traces: {share: 1001}", "/traces/share"),
    ("services: {backup: {}}", "backup"),
]

# Part of another variable's value.
ONLY_IN_THE_POD = {"REDIS_PASSWORD"}
# What a pod that is not the binary runs, and reads its settings.
SCRIPTS = ["backup.sh"]


def named(path, error):
    """Whether the refusal names the key, as a path with slashes or dots."""
    return any(form in error for form in (path, path.replace("/", ".").lstrip("."), path.lstrip("/").replace("/", ".")))


def refusals(helm):
    for values, key in REFUSED:
        status, _, error = template(helm, "agent-bus", values=values)
        if status == 0:
            yield f"not refused: {values}"
        elif not named(key, error):
            yield f"refused without naming {key}: {values}: {error.strip()}"


def one(documents, kind):
    return next(document for document in documents if document["kind"] == kind)


def two_releases(helm):
    """Whatever stands in the cluster or on the servers under a name that has to be one release's own."""
    for way in ([], DEV):
        agent_bus, blue = (set(claims(objects(helm, release, *way, "--set", "kafka.topics=strimzi"))) for release in ("agent-bus", "blue"))
        for both in sorted(agent_bus & blue):
            yield f"two releases in one namespace both claim: {both}"
        for document in objects(helm, "agent-bus", *way):
            if document["kind"] in ("Component", "Resiliency", "Subscription") and not document.get("scopes"):
                yield f"{document['kind']} {document['metadata']['name']} is everybody's in the namespace"


def claims(documents):
    for document in documents:
        yield f"{document['kind']} {document['metadata']['name']}"
        if document["kind"] == "Deployment":
            template = document["spec"]["template"]
            yield f"app id {template['metadata']['annotations']['dapr.io/app-id']}"
            env = {one["name"]: one.get("valueFrom", one.get("value")) for one in template["spec"]["containers"][0]["env"]}
            yield f"prefix of topics, groups and keys {env.get('AGENT_BUS_RELEASE_PREFIX', '')!r}"
            yield f"the database of Secret {env['AGENT_BUS_DATABASE']['secretKeyRef']['name']}"
        if document["kind"] == "Subscription":
            yield f"listener {document['scopes']} of {document['spec']['topic']}"


def topics(helm):
    """The chart's topics against the table in the code."""
    code = (ROOT / "crates" / "contracts" / "src" / "topics.rs").read_text()
    names = set(re.findall(r'Self::\w+ => "([a-z.-]+)"', code))
    if len(names) < 6:
        yield f"crates/contracts/src/topics.rs cannot be read: {sorted(names)}"
    # Of dead letters, and of the others: partitions, the largest record, how long one is kept.
    units = {"": 1, "MIB": 1 << 20, "DAY_MS": 86_400_000}
    sizes = re.findall(r"Self::DeadLetterQueue \| Self::DeadLetterRaw => (\d+)(?: \* (\w+))?,\s*_ => (\d+)(?: \* (\w+))?,", code)
    if len(sizes) != 3:
        yield f"crates/contracts/src/topics.rs cannot be read: {sizes}"
    of_letters, of_others = ([int(size[at]) * units[size[at + 1]] for size in sizes] for at in (0, 2))
    documents = objects(helm, "agent-bus", "--set", "kafka.topics=strimzi")
    made = [document["spec"] for document in documents if document["kind"] == "KafkaTopic"]
    if names != {topic["topicName"] for topic in made}:
        yield f"the chart's topics are not those of the code: {sorted(names)}"
    for topic in made:
        has = [topic["partitions"], topic["config"]["max.message.bytes"], topic["config"]["retention.ms"]]
        wanted = of_letters if topic["topicName"].startswith("dead-letter.") else of_others
        if has != wanted:
            yield f"the chart's topic {topic['topicName']} has partitions, bytes and milliseconds {has}, the code {wanted}"


def agents(helm):
    """An agent that is in the code and not in the chart, or the other way round."""
    code, chart = agents_of_the_code(), agents_of_the_chart(helm)
    for name in sorted(code ^ chart):
        yield f"agent {name} is only in {'services/' if name in code else 'the chart'}"


def settings(helm):
    """What the chart tells the binary, against the settings that the code reads."""
    read = settings_read()
    for name in SCRIPTS:
        text = (CHART / "files" / name).read_text()
        read |= set(re.findall(r"\b((?:BACKUP|RESTORE)_[A-Z_]+)\b", re.sub(r"(?m)^#.*$", "", text)))
    told = set()
    for way in ([], ["--set", "bus=kafka", "--set", "kafka.options.secret=k"], ["--set", "redis.secret=r,traces.otlpEndpoint=http://otel:4318"]):
        for document in objects(helm, "blue", *way):
            if document["kind"] in ("Deployment", "Job", "CronJob"):
                told |= {one["name"] for one in template_of(document)["spec"]["containers"][0]["env"]}
    for name in sorted(told - read - ONLY_IN_THE_POD):
        yield f"the chart sets {name}, which the binary does not read"


def template_of(document):
    """What its pods are made from."""
    spec = document["spec"]
    return spec["jobTemplate"]["spec"]["template"] if document["kind"] == "CronJob" else spec["template"]


def pods(documents):
    """Each pod of the release: its name, its labels, its spec."""
    for document in documents:
        if document["kind"] in ("Deployment", "StatefulSet", "Job", "CronJob"):
            template = template_of(document)
            yield f"{document['kind']} {document['metadata']['name']}", template["metadata"]["labels"], template["spec"]


def restricted(helm):
    """What Kubernetes asks of a pod in a namespace that takes restricted pods alone."""
    for name, _, spec in (pod for way in ([], DEV) for pod in pods(objects(helm, "agent-bus", *way))):
        of_pod = spec.get("securityContext", {})
        if of_pod.get("runAsNonRoot") is not True or of_pod.get("seccompProfile", {}).get("type") != "RuntimeDefault":
            yield f"{name}: its pod may run as root, or without a seccomp profile"
        if any(spec.get(host) for host in ("hostNetwork", "hostPID", "hostIPC")):
            yield f"{name}: it is in a namespace of the host"
        for volume in spec.get("volumes", []):
            if not volume.keys() <= {"name", "emptyDir", "secret", "configMap", "projected", "persistentVolumeClaim"}:
                yield f"{name}: volume {volume['name']} is of a kind that is not allowed"
        for container in spec["containers"] + spec.get("initContainers", []):
            of_container = container.get("securityContext", {})
            if of_container.get("allowPrivilegeEscalation") is not False:
                yield f"{name}: container {container['name']} may get more rights than it has"
            if of_container.get("capabilities") != {"drop": ["ALL"]}:
                yield f"{name}: container {container['name']} keeps capabilities"
        if spec.get("automountServiceAccountToken") is not False:
            yield f"{name}: it has a token for the cluster's API"


def arrows(helm):
    """Every pod has a policy of its own beside the one that denies everything, and every policy has a pod."""
    for way in ([], DEV):
        documents = objects(helm, "agent-bus", *way)
        policies = {
            document["metadata"]["name"]: document["spec"]["podSelector"]["matchLabels"].items()
            for document in documents
            if document["kind"] == "NetworkPolicy"
        }
        for name, labels, _ in pods(documents):
            chosen = [policy for policy, selector in policies.items() if selector <= labels.items()]
            if len(chosen) != 2 or "agent-bus-default-deny" not in chosen:
                yield f"{name} is under {chosen}"
        for policy, selector in policies.items():
            if not any(selector <= labels.items() for _, labels, _ in pods(documents)):
                yield f"policy {policy} is for no pod"


def made_anew(helm):
    """Pods are made anew when what their sidecars read once changes, and for nothing else of the values."""

    def pods_of(*way):
        return [one["spec"]["template"] for one in objects(helm, "agent-bus", *way) if one["kind"] == "Deployment"]

    for way, is_read in (
        (["--set", "kafka.brokers=other:9092"], True),
        (["--set", "redis.secret=other"], True),
        (["--set", "dapr.samplingRate=0.5"], True),
        (["--set", "services.debug.asks.review[0].path=/x", "--set", "services.debug.asks.review[0].verbs[0]=GET"], True),
        (["--set", "defaults.autoscaling.max=9", "--set", "database.migrate=false", "--set", "ingress.enabled=true"], False),
    ):
        sums = [one["metadata"]["annotations"]["agent-bus/sidecar-settings"] for one in pods_of(*way)]
        before = pods_of()[0]["metadata"]["annotations"]["agent-bus/sidecar-settings"]
        if any((one != before) != is_read for one in sums):
            yield f"with {' '.join(way)} pods are {'not ' if is_read else ''}made anew"


def one_more(helm):
    """A further service is one entry: it has all the furniture of the others."""
    kinds = lambda name, documents: sorted(  # noqa: E731
        document["kind"]
        for document in documents
        if document["metadata"]["labels"]["app.kubernetes.io/component"] == name
    )
    documents = objects(helm, "agent-bus", "--set-json", 'services.orchestrator={"asks":{}}')
    has, wanted = kinds("orchestrator", documents), kinds("debug", documents)
    if has != wanted:
        yield f"a service of one entry has {has}, another one has {wanted}"


def main():
    helm = sys.argv[1]
    parts = [refusals, two_releases, topics, agents, settings, restricted, arrows, made_anew, one_more]
    wrong = [line for part in parts for line in part(helm)]
    if wrong:
        raise SystemExit("\n".join(wrong))
    print(
        f"{len(REFUSED)} wrong values are refused, two releases share nothing, topics, agents and settings are those of the "
        "code, every pod is restricted and under a policy"
    )


if __name__ == "__main__":
    main()
