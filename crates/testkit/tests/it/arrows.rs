//! The arrows of `docs/ARCHITECTURE.md` against what Cargo says. A new arrow is a decision about the house, so it
//! changes the table below in the same commit.

use cargo_metadata::{DependencyKind, Metadata, MetadataCommand, Package, PackageId};
use std::collections::{BTreeSet, HashMap, VecDeque};

/// Which of our crates each crate may use. `testkit` and `bench` may use anything and are not in the table.
const ARROWS: &[(&str, &[&str])] = &[
    ("switchboard-crash", &[]),
    ("switchboard-fault-points", &[]),
    ("switchboard-domain", &["switchboard-fault-points"]),
    ("switchboard-simulator", &[]),
    ("switchboard-relay-api", &[]),
    ("switchboard-relay", &["switchboard-crash", "switchboard-fault-points", "switchboard-relay-api"]),
    ("switchboard-store", &["switchboard-domain"]),
    ("switchboard-cloud-api", &["switchboard-domain"]),
    ("switchboard-template-lint", &["switchboard-domain"]),
    ("switchboard-bridge", &["switchboard-domain"]),
    (
        "switchboard-engine",
        &[
            "switchboard-store",
            "switchboard-cloud-api",
            "switchboard-relay-api",
            "switchboard-bridge",
            "switchboard-domain",
            "switchboard-fault-points",
        ],
    ),
    (
        "switchboard-practice",
        &[
            "switchboard-bridge",
            "switchboard-domain",
            "switchboard-engine",
            "switchboard-relay",
            "switchboard-relay-api",
            "switchboard-simulator",
        ],
    ),
    ("switchboard-cli", PROGRAMS),
    ("switchboard", PROGRAMS),
];

/// The programs for people see the engine and practice mode; the sample list comes from the simulator.
const PROGRAMS: &[&str] = &[
    "switchboard-bridge",
    "switchboard-crash",
    "switchboard-domain",
    "switchboard-engine",
    "switchboard-practice",
    "switchboard-simulator",
    "switchboard-template-lint",
];

const TESTS_ONLY: &[&str] = &["switchboard-testkit", "switchboard-bench"];

fn metadata() -> Metadata {
    let manifest = concat!(env!("CARGO_MANIFEST_DIR"), "/../../Cargo.toml");
    MetadataCommand::new()
        .manifest_path(manifest)
        .other_options(["--locked".to_owned(), "--offline".to_owned()])
        .exec()
        .expect("cargo metadata reads the workspace")
}

/// Our crates that a package uses in the given way, optional and platform-bound ones included.
fn ours<'a>(metadata: &'a Metadata, package: &'a Package, kind: DependencyKind) -> BTreeSet<&'a str> {
    let members: BTreeSet<&str> = metadata.workspace_packages().iter().map(|member| member.name.as_str()).collect();
    package
        .dependencies
        .iter()
        .filter(|dependency| dependency.kind == kind && members.contains(dependency.name.as_str()))
        .map(|dependency| dependency.name.as_str())
        .collect()
}

#[test]
fn every_crate_uses_only_what_the_house_allows() {
    let metadata = metadata();
    for package in metadata.workspace_packages() {
        let name = package.name.as_str();
        if TESTS_ONLY.contains(&name) {
            continue;
        }
        let (_, allowed) = ARROWS
            .iter()
            .find(|(from, _)| *from == name)
            .unwrap_or_else(|| panic!("{name} is new: give it its arrows here and in docs/ARCHITECTURE.md"));
        for used in ours(&metadata, package, DependencyKind::Normal) {
            assert!(allowed.contains(&used), "{name} -> {used} is no arrow of the house");
        }
        for used in ours(&metadata, package, DependencyKind::Build) {
            // The shell's build script derives its permissions from the list of commands.
            assert!(name == "switchboard" && used == "switchboard-bridge", "{name} is built by means of {used}");
        }
    }
}

#[test]
fn nothing_ships_what_is_for_tests() {
    let metadata = metadata();
    for package in metadata.workspace_packages() {
        let name = package.name.as_str();
        if TESTS_ONLY.contains(&name) {
            continue;
        }
        for kind in [DependencyKind::Normal, DependencyKind::Build] {
            for used in ours(&metadata, package, kind) {
                assert!(!TESTS_ONLY.contains(&used), "{name} would ship {used}");
            }
        }
    }
}

#[test]
fn the_simulator_shares_nothing_even_in_its_tests() {
    let metadata = metadata();
    let simulator = member(&metadata, "switchboard-simulator");
    for kind in [DependencyKind::Normal, DependencyKind::Development, DependencyKind::Build] {
        assert_eq!(ours(&metadata, simulator, kind), BTreeSet::new(), "it could share the client's mistakes");
    }
}

#[test]
fn the_rules_do_no_io() {
    let metadata = metadata();
    let tree = shipped_tree(&metadata, "switchboard-domain");
    for banned in ["tokio", "async-std", "smol", "mio", "rusqlite", "libsqlite3-sys", "reqwest", "hyper", "keyring"] {
        assert!(!tree.contains(banned), "switchboard-domain reaches {banned}");
    }
}

#[test]
fn the_graph_client_and_the_relay_know_no_console_database() {
    let metadata = metadata();
    let client = shipped_tree(&metadata, "switchboard-cloud-api");
    assert!(!client.contains("rusqlite") && !client.contains("switchboard-store"));
    let store = shipped_tree(&metadata, "switchboard-store");
    assert!(!store.contains("reqwest") && !store.contains("hyper") && !store.contains("switchboard-cloud-api"));
    assert!(!shipped_tree(&metadata, "switchboard-relay").contains("switchboard-store"));
}

fn member<'a>(metadata: &'a Metadata, name: &str) -> &'a Package {
    metadata
        .workspace_packages()
        .into_iter()
        .find(|package| package.name.as_str() == name)
        .unwrap_or_else(|| panic!("{name} is in the workspace"))
}

/// Names of everything that a crate is linked with, at any depth; tests and build scripts left out.
fn shipped_tree(metadata: &Metadata, name: &str) -> BTreeSet<String> {
    let resolve = metadata.resolve.as_ref().expect("resolved");
    let nodes: HashMap<&PackageId, _> = resolve.nodes.iter().map(|node| (&node.id, node)).collect();
    let mut seen = BTreeSet::new();
    let mut names = BTreeSet::new();
    let mut queue = VecDeque::from([&member(metadata, name).id]);
    while let Some(id) = queue.pop_front() {
        if !seen.insert(id) {
            continue;
        }
        names.insert(metadata[id].name.to_string());
        let Some(node) = nodes.get(id) else { continue };
        for dependency in &node.deps {
            if dependency.dep_kinds.iter().any(|kind| kind.kind == DependencyKind::Normal) {
                queue.push_back(&dependency.pkg);
            }
        }
    }
    names.remove(name);
    names
}
