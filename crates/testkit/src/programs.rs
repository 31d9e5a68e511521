//! Finding and running the programs of this workspace.

use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};

use serde_json::Value;

/// A program built by this workspace: in the target folder, where intermediate files may be kept elsewhere, else beside
/// the test that runs.
pub fn program(name: &str) -> PathBuf {
    let test = std::env::current_exe().expect("the test's own path");
    let beside = test.parent().and_then(Path::parent).expect("target/PROFILE/deps").to_owned();
    let profile = beside.file_name().expect("target/PROFILE").to_owned();
    let folder = std::env::var_os("CARGO_TARGET_DIR").map(|t| PathBuf::from(t).join(profile)).filter(|f| f.is_dir());
    let path = folder.unwrap_or(beside).join(format!("{name}{}", std::env::consts::EXE_SUFFIX));
    assert!(path.exists(), "{} is not built: run `cargo build --workspace --bins` first", path.display());
    path
}

/// A process that is killed when the test lets go of it.
pub struct Running(pub Child);

impl Running {
    /// Kills it at once, as a crash would (SIGKILL), and waits until it is gone.
    pub fn kill(&mut self) {
        drop(self.0.kill());
        drop(self.0.wait());
    }

    /// Waits until it ended by itself; whether SIGKILL ended it. `None` after a minute.
    pub fn ended(&mut self) -> Option<bool> {
        let began = std::time::Instant::now();
        while began.elapsed() < std::time::Duration::from_secs(60) {
            if let Some(status) = self.0.try_wait().expect("the state of a child") {
                #[cfg(unix)]
                return Some(std::os::unix::process::ExitStatusExt::signal(&status) == Some(9));
                #[cfg(not(unix))]
                return Some(!status.success());
            }
            std::thread::sleep(std::time::Duration::from_millis(20));
        }
        None
    }

    /// Asks it to end (SIGTERM) and waits.
    pub fn stop(&mut self) {
        drop(Command::new("kill").arg("-TERM").arg(self.0.id().to_string()).status());
        drop(self.0.wait());
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.kill();
    }
}

/// Starts a program with its output in files under `dir`.
pub fn start(mut command: Command, dir: &Path, name: &str) -> Running {
    let file = |suffix: &str| std::fs::File::create(dir.join(format!("{name}.{suffix}"))).expect("an output file");
    Running(command.stdin(Stdio::null()).stdout(file("out")).stderr(file("err")).spawn().expect("starting a program"))
}

/// The envelope a command printed, and whether it says ok.
pub fn envelope(output: &Output) -> Value {
    serde_json::from_slice(&output.stdout).unwrap_or_else(|e| {
        panic!(
            "not an envelope ({e}): {} {}",
            String::from_utf8_lossy(&output.stdout),
            String::from_utf8_lossy(&output.stderr)
        )
    })
}
