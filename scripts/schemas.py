"""Makes the schemas that kubeconform judges manifests by: schemas.py OUT SWAGGER OWN CRDS...

One file a kind, `<kind>-<group's first word>-<version>.json`, every one strict: a field that is not described is refused. OWN is a
folder of such files; CRDS are resource definitions, each a file or a folder of them. Not here: where the descriptions come from
(scripts/need).
"""

import json
import shutil
import sys
from pathlib import Path

import yaml

HERE = "#/definitions/"
# What the API takes as a number or as text.
EITHER = {
    "io.k8s.apimachinery.pkg.util.intstr.IntOrString": ["string", "integer"],
    "io.k8s.apimachinery.pkg.api.resource.Quantity": ["string", "number"],
}
# What this cluster of documents is about: without these there is no point in going on.
NEEDED = [
    "deployment-apps-v1", "service-v1", "networkpolicy-networking-v1", "component-dapr-v1alpha1", "configuration-dapr-v1alpha1",
    "resiliency-dapr-v1alpha1", "subscription-dapr-v2alpha1", "httproute-gateway-v1", "kafkatopic-kafka-v1beta2",
    "ingress-networking-v1", "kongplugin-configuration-v1", "kongclusterplugin-configuration-v1", "kongconsumer-configuration-v1",
    "podmonitor-monitoring-v1", "prometheusrule-monitoring-v1",
]  # fmt: skip


def strict(schema):
    """The same, with every object closed that says what is in it."""
    if isinstance(schema, list):
        return [strict(part) for part in schema]
    if not isinstance(schema, dict):
        return schema
    closed = {key: strict(part) for key, part in schema.items() if not key.startswith("x-kubernetes")}
    # A property may itself be called `properties`: then there is no type beside it.
    is_open = schema.get("x-kubernetes-preserve-unknown-fields") or "additionalProperties" in schema
    if schema.get("type", "object") == "object" and isinstance(schema.get("properties"), dict) and not is_open:
        if all(isinstance(part, dict) for part in schema["properties"].values()):
            closed["additionalProperties"] = False
    if schema.get("x-kubernetes-int-or-string"):
        closed.pop("anyOf", None)
        closed["type"] = ["string", "integer"]
    # `null` is what a field says that is left out, and formats are for people.
    closed.pop("format", None) if isinstance(closed.get("format"), str) else None
    return closed


def name_of(group, version, kind):
    first = group.split(".")[0]
    return "-".join(part for part in (kind.lower(), first, version) if part)


def references(schema):
    """The names of the definitions that it refers to."""
    if isinstance(schema, list):
        for part in schema:
            yield from references(part)
    elif isinstance(schema, dict):
        if isinstance(schema.get("$ref"), str):
            yield schema["$ref"].removeprefix(HERE)
        for part in schema.values():
            yield from references(part)


def with_definitions(schema, definitions):
    """The schema and all that it refers to: kubeconform reads one file a kind."""
    needed, found = {}, list(references(schema))
    while found:
        name = found.pop()
        if name not in needed:
            needed[name] = definitions[name]
            found += references(definitions[name])
    return schema | {"definitions": needed}


def write(file, schema, definitions):
    file.write_text(json.dumps(with_definitions(schema, definitions)))


def kubernetes(swagger, out):
    definitions = json.loads(swagger.read_text())["definitions"]
    names = {
        name_of(of["group"], of["version"], of["kind"]): full
        for full, schema in definitions.items()
        for of in schema.get("x-kubernetes-group-version-kind", [])
    }
    for full, kinds in EITHER.items():
        definitions[full] = {"type": kinds}
    definitions = strict(definitions)
    for name, full in names.items():
        write(out / f"{name}.json", {"$ref": HERE + full}, definitions)
    return definitions


def custom(path, out, definitions):
    meta = {"$ref": f"{HERE}io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta"}
    for file in sorted(path.glob("*.yaml")) if path.is_dir() else [path]:
        for document in yaml.safe_load_all(file.read_text()):
            if not document or document.get("kind") != "CustomResourceDefinition":
                continue
            spec = document["spec"]
            for version in spec["versions"]:
                schema = strict(version["schema"]["openAPIV3Schema"])
                schema["properties"] |= {"apiVersion": {"type": "string"}, "kind": {"type": "string"}, "metadata": meta}
                schema["additionalProperties"] = False
                name = name_of(spec["group"], version["name"], spec["names"]["kind"])
                write(out / f"{name}.json", schema, definitions)


def main():
    out, swagger, own, *described = map(Path, sys.argv[1:])
    out.mkdir(parents=True)
    definitions = kubernetes(swagger, out)
    for path in described:
        custom(path, out, definitions)
    for file in own.glob("*.json"):
        shutil.copy(file, out)
    missing = [name for name in NEEDED if not (out / f"{name}.json").exists()]
    if missing:
        raise SystemExit(f"no schema of {', '.join(missing)}: the descriptions have another shape than this script knows")


if __name__ == "__main__":
    main()
