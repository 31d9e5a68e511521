//! `switchboard-cli`.

#[tokio::main]
async fn main() -> std::process::ExitCode {
    switchboard_cli::main().await
}
