//! Gives every command of the contract a permission of its own and checks the configuration.

fn main() {
    let manifest = tauri_build::AppManifest::new().commands(switchboard_bridge::commands::NAMES);
    let attributes = tauri_build::Attributes::new().app_manifest(manifest);
    if let Err(error) = tauri_build::try_build(attributes) {
        println!("cargo::error={error:#}");
    }
}
