//! Fault points are for the chaos suite alone: nothing that ships switches them on.

use cargo_metadata::{DependencyKind, MetadataCommand};

const CRATE: &str = "switchboard-fault-points";

#[test]
fn only_the_tests_of_the_testkit_switch_fault_points_on() {
    let manifest = concat!(env!("CARGO_MANIFEST_DIR"), "/../../Cargo.toml");
    let metadata = MetadataCommand::new()
        .manifest_path(manifest)
        .other_options(["--locked".to_owned(), "--offline".to_owned()])
        .no_deps()
        .exec()
        .expect("cargo metadata reads the workspace");
    let mut armed = Vec::new();
    for package in &metadata.packages {
        if package.name.as_str() == CRATE {
            assert!(!package.features.contains_key("default"), "it has no default feature");
        } else {
            let by_feature = package.features.values().flatten().any(|feature| feature.contains("fault-points"));
            assert!(!by_feature, "{} has a feature that switches fault points on", package.name);
        }
        for dependency in package.dependencies.iter().filter(|d| d.name == CRATE && !d.features.is_empty()) {
            armed.push((package.name.to_string(), dependency.kind, dependency.features.clone()));
        }
    }
    let expected = ("switchboard-testkit".to_owned(), DependencyKind::Development, vec!["armed".to_owned()]);
    assert_eq!(armed, [expected]);
}

/// The other way around: in this build they are there, so that the look into a program can find something.
#[test]
fn a_build_for_tests_has_fault_points() {
    assert!(switchboard_fault_points::Point::ALL.len() >= 8);
    let us = std::fs::read(std::env::current_exe().expect("this program")).expect("its bytes");
    assert!(us.windows(23).any(|w| w == b"SWITCHBOARD_FAULT_POINT"));
}
