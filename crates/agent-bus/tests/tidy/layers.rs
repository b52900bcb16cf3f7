//! Rules about who may depend on whom: pure <- ports <- adapters, and rooms that know no adapter.

use std::collections::{BTreeMap, BTreeSet};

use cargo_metadata::{DependencyKind, Metadata, MetadataCommand, PackageId};

use crate::{read, rooms, root, verdict};

/// How far from the machine a crate stands. The order is not a ladder: see [`Layer::may_use`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Layer {
    /// Values in, values out.
    Pure,
    /// What a room is given, as traits.
    Port,
    /// What every room stands in.
    Chassis,
    /// What stands behind a port: names its driver.
    Adapter,
    /// One agent.
    Room,
    /// Puts it all together: the binary, and the fleet for tests.
    Whole,
}

use Layer::{Adapter, Chassis, Port, Pure, Room, Whole};

/// Every crate of ours but the rooms, which are the folders of services/.
const LAYERS: &[(&str, Layer)] = &[
    ("agent-core", Pure),
    ("contracts", Pure),
    ("clock", Port),
    ("bus", Port),
    ("ledger", Port),
    ("invoke", Port),
    ("read-copy", Port),
    ("rate-limit", Port),
    ("sandbox", Port),
    ("bus-dapr", Adapter),
    ("bus-kafka", Adapter),
    ("schema-registry", Adapter),
    ("ledger-sqlite", Adapter),
    ("ledger-postgres", Adapter),
    ("cache-redis", Adapter),
    ("sandbox-child", Adapter),
    ("usage", Chassis),
    ("problem", Chassis),
    ("auth", Chassis),
    ("telemetry", Chassis),
    ("lifecycle", Chassis),
    ("room", Chassis),
    ("agent-bus", Whole),
    ("testkit", Whole),
    ("bench-client", Whole),
];

impl Layer {
    /// The layers whose crates it may name.
    fn may_use(self) -> &'static [Self] {
        match self {
            Pure => &[Pure],
            Port => &[Pure, Port],
            Adapter => &[Pure, Port],
            Chassis | Room => &[Pure, Port, Chassis],
            Whole => &[Pure, Port, Chassis, Adapter, Room, Whole],
        }
    }
}

fn layers() -> BTreeMap<String, Layer> {
    let crates = LAYERS.iter().map(|(name, layer)| ((*name).to_owned(), *layer));
    crates.chain(rooms().into_iter().map(|room| (room, Room))).collect()
}

/// The workspace as cargo sees it, as it is tested: with the feature that `make run` leaves out.
fn metadata() -> Metadata {
    let mut command = MetadataCommand::new();
    command.manifest_path(root().join("Cargo.toml"));
    command.features(cargo_metadata::CargoOpt::SomeFeatures(vec!["agent-core/gpu".to_owned()]));
    // What is built here; crates for other systems are not even fetched.
    let triple = format!("{}-unknown-linux-gnu", std::env::consts::ARCH);
    command.other_options(["--locked".to_owned(), "--filter-platform".to_owned(), triple]);
    command.exec().unwrap()
}

#[test]
fn every_crate_has_a_layer() {
    let layers = layers();
    let metadata = metadata();
    let names: BTreeSet<_> =
        metadata.workspace_packages().iter().map(|package| package.name.to_string()).collect();
    let unknown = names.iter().filter(|name| !layers.contains_key(*name));
    let gone = layers.keys().filter(|name| !names.contains(*name));
    let found: Vec<_> = unknown
        .map(|name| format!("{name}: in no layer"))
        .chain(gone.map(|name| format!("{name}: in a layer, but no longer there")))
        .collect();
    verdict(
        &found,
        "The crates of the workspace and LAYERS in tests/tidy/layers.rs are not the same.",
        "who may depend on a crate follows from its layer.",
        "give the crate a line in LAYERS. If it fits no layer, it is probably two crates.",
    );
}

#[test]
fn arrows_point_from_adapters_and_rooms_to_ports_and_on_to_what_is_pure() {
    let layers = layers();
    let mut found = Vec::new();
    for package in metadata().workspace_packages() {
        let Some(layer) = layers.get(package.name.as_str()) else { continue };
        for dependency in &package.dependencies {
            let Some(target) = layers.get(&dependency.name) else { continue };
            // Tests may use the fleet for tests, and a port's tests may use what they need of our own.
            if dependency.kind != DependencyKind::Development && !layer.may_use().contains(target) {
                found.push(format!("{} ({layer:?}) uses {} ({target:?})", package.name, dependency.name));
            }
        }
    }
    verdict(
        &found,
        "These dependencies point the wrong way.",
        "a room that knows an adapter cannot stand on another one, and pure code that knows a runtime cannot be tested \
         without it.",
        "take the port instead of the adapter; bring the two together in crates/agent-bus. What two rooms share is an \
         event or an `invoke`, never a crate of one of them.",
    );
}

#[test]
fn nothing_that_is_for_tests_is_shipped() {
    let metadata = metadata();
    let users = metadata.workspace_packages().into_iter().filter(|package| {
        let mut dependencies = package.dependencies.iter();
        dependencies.any(|dependency| {
            ["testkit", "proptest", "insta"].contains(&dependency.name.as_str())
                && dependency.kind == DependencyKind::Normal
                && !dependency.optional
                && package.name.as_str() != "testkit"
        })
    });
    verdict(
        &users.map(|package| package.name.to_string()).collect::<Vec<_>>(),
        "These crates take something that is for tests as a normal dependency.",
        "it would be built by `make run` and shipped.",
        "put it under [dev-dependencies], or behind a feature that is for tests.",
    );
}

#[test]
fn pure_crates_reach_no_runtime() {
    const RUNTIMES: [&str; 9] =
        ["tokio", "axum", "hyper", "reqwest", "sqlx", "kube", "rdkafka", "redis", "tracing-subscriber"];
    let metadata = metadata();
    let mut found = Vec::new();
    for (name, _) in LAYERS.iter().filter(|(_, layer)| *layer == Pure) {
        for path in paths_from(&metadata, name) {
            if RUNTIMES.contains(&path.last().unwrap().as_str()) {
                found.push(path.join(" -> "));
            }
        }
    }
    verdict(
        &found,
        "A pure crate reaches a runtime, a server or a driver.",
        "what is pure is tested in milliseconds, and can be used anywhere: in a command, a page, a job.",
        "leave the dependency, or the feature that brings it in, to the crate that has a runtime anyway.",
    );
}

/// For each crate that `start` reaches through normal dependencies, one path to it.
fn paths_from(metadata: &Metadata, start: &str) -> Vec<Vec<String>> {
    let resolve = metadata.resolve.as_ref().unwrap();
    let nodes: BTreeMap<&PackageId, _> = resolve.nodes.iter().map(|node| (&node.id, node)).collect();
    let names: BTreeMap<&PackageId, String> =
        metadata.packages.iter().map(|package| (&package.id, package.name.to_string())).collect();
    let packages = metadata.workspace_packages();
    let first = packages.iter().find(|package| package.name.as_str() == start).unwrap();
    let mut seen = BTreeSet::from([&first.id]);
    let mut open = vec![(&first.id, vec![start.to_owned()])];
    let mut paths = Vec::new();
    while let Some((id, path)) = open.pop() {
        for dependency in &nodes[id].deps {
            let normal = dependency.dep_kinds.iter().any(|kind| kind.kind == DependencyKind::Normal);
            if normal && seen.insert(&dependency.pkg) {
                let mut longer = path.clone();
                longer.push(names[&dependency.pkg].clone());
                open.push((&dependency.pkg, longer));
            }
        }
        paths.push(path);
    }
    paths
}

#[test]
fn versions_and_lints_are_said_once_for_all() {
    let mut found = Vec::new();
    for package in metadata().workspace_packages() {
        let path = package.manifest_path.strip_prefix(root()).unwrap().to_string();
        let manifest: toml::Table = read(&path).parse().unwrap();
        if manifest.get("lints").and_then(|lints| lints.get("workspace")) != Some(&toml::Value::Boolean(true))
        {
            found.push(format!("{path}: no `[lints] workspace = true`"));
        }
        for section in ["dependencies", "dev-dependencies", "build-dependencies"] {
            let entries = manifest.get(section).and_then(toml::Value::as_table).into_iter().flatten();
            let own =
                entries.filter(|(_, entry)| entry.get("workspace") != Some(&toml::Value::Boolean(true)));
            found.extend(own.map(|(name, _)| format!("{path}: {section}.{name}: no `workspace = true`")));
        }
    }
    verdict(
        &found,
        "These manifests say for themselves what the root Cargo.toml says for all.",
        "two crates with two versions of one dependency do not understand each other.",
        "put the version into [workspace.dependencies] and write `name.workspace = true`.",
    );
}

#[test]
fn the_list_of_members_is_a_map() {
    let manifest = read("Cargo.toml");
    let (_, members) = manifest.split_once("members = [").unwrap();
    let (members, _) = members.split_once(']').unwrap();
    let bare = members.lines().map(str::trim).filter(|line| line.starts_with('"'));
    let bare = bare.filter(|line| line.split_once('#').is_none_or(|(_, comment)| comment.trim().is_empty()));
    verdict(
        &bare.map(str::to_owned).collect::<Vec<_>>(),
        "These members in the root Cargo.toml have no comment.",
        "the list is the first map that a newcomer sees, in the order in which data flows.",
        "say in a few words what the crate is for.",
    );
}
