//! The command line of the window's program.

use std::path::PathBuf;

const HELP: &str = "Switchboard: operator console for the WhatsApp Business Cloud API

Usage: switchboard [--practice] [--data-dir DIR] [FILE.csv | PAIRING-LINK]

  FILE.csv        opens the import with this file
  PAIRING-LINK    opens Settings > Relay with this switchboard://pair link, to be confirmed
  --practice      opens the practice account
  --data-dir DIR  where profiles are kept (also SWITCHBOARD_DATA_DIR)
  --version       prints the version
  --help          prints this

For scripts and servers there is switchboard-cli.";

/// What was asked on the command line.
#[derive(Clone, Debug, Default)]
pub(crate) struct Arguments {
    /// Open the practice account at once.
    pub(crate) practice: bool,
    /// A file to import.
    pub(crate) file: Option<PathBuf>,
    /// A pairing link of the registered scheme, as the system hands it over. It holds a code that works once, no key.
    pub(crate) link: Option<String>,
    data_dir: Option<PathBuf>,
}

/// What to do about it.
pub(crate) enum Asked {
    /// Open the window.
    Run(Arguments),
    /// Print and end well.
    Say(String),
    /// Print and end badly.
    Refuse(String),
}

/// Whether this is a link that Settings can show: anybody may make the system open one.
pub(crate) fn is_pairing_link(text: &str) -> bool {
    const LONGEST: usize = 2_048;
    text.starts_with("switchboard://pair") && text.len() <= LONGEST
}

impl Arguments {
    /// Reads this process's arguments.
    pub(crate) fn from_env() -> Asked {
        Self::read(std::env::args_os().skip(1).map(|a| a.to_string_lossy().into_owned()))
    }

    /// Reads arguments after the program's name.
    pub(crate) fn read(given: impl IntoIterator<Item = String>) -> Asked {
        let mut arguments = Self::default();
        let mut given = given.into_iter();
        while let Some(word) = given.next() {
            match word.as_str() {
                "--practice" => arguments.practice = true,
                "--data-dir" => match given.next() {
                    Some(dir) => arguments.data_dir = Some(PathBuf::from(dir)),
                    None => return Asked::Refuse("--data-dir wants a folder".to_owned()),
                },
                "--version" | "-V" => return Asked::Say(format!("switchboard {}", env!("CARGO_PKG_VERSION"))),
                "--help" | "-h" => return Asked::Say(HELP.to_owned()),
                other if other.starts_with("--data-dir=") => {
                    arguments.data_dir = other.strip_prefix("--data-dir=").map(PathBuf::from);
                }
                other if is_pairing_link(other) => arguments.link = Some(word),
                // What another version may know: not a file, and no reason not to start.
                other if other.starts_with("switchboard:") => {}
                other if other.starts_with('-') => {
                    return Asked::Refuse(format!("{other} is not an option of switchboard; see --help"));
                }
                file => arguments.file = Some(PathBuf::from(file)),
            }
        }
        Asked::Run(arguments)
    }

    /// Where profiles are kept: the option, the environment, the platform's folder.
    pub(crate) fn data_dir(&self) -> Result<PathBuf, String> {
        if let Some(dir) = &self.data_dir {
            return Ok(dir.clone());
        }
        if let Some(dir) = std::env::var_os("SWITCHBOARD_DATA_DIR").filter(|d| !d.is_empty()) {
            return Ok(PathBuf::from(dir));
        }
        switchboard_engine::profile::default_data_dir()
            .ok_or_else(|| "There is no home folder to keep profiles in; name one with --data-dir.".to_owned())
    }
}
