//! `switchboard-cli`.

#[tokio::main]
async fn main() -> std::process::ExitCode {
    switchboard_crash::contain("switchboard-cli");
    switchboard_cli::main().await
}
