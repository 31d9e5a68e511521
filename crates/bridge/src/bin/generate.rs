//! Prints `ui/src/ipc/generated.ts`.

use std::io::Write;

fn main() -> std::io::Result<()> {
    std::io::stdout().write_all(switchboard_bridge::typescript::render().as_bytes())
}
