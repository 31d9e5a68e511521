//! `desk add`: a new desk in the configuration, with a verify token in a file of its own.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, bail};
use secrecy::{ExposeSecret, SecretString};
use switchboard_relay_api::endpoint::is_name;

use crate::config_file::{ConfigFile, DeskSection};
use crate::secret_source::{SecretSource, write_private};

/// What to add and where.
#[derive(Debug, Clone)]
pub struct NewDesk {
    /// Name of the desk.
    pub name: String,
    /// Configuration file; made if missing.
    pub config: PathBuf,
    /// Data folder, when the configuration is to be made.
    pub data_dir: Option<PathBuf>,
    /// Folder for the secret files; made if missing. Outside the data folder.
    pub secrets_dir: PathBuf,
    /// File that holds the Meta app's secret, if it is there already.
    pub app_secret_file: Option<PathBuf>,
    /// The Meta app's secret, to be put into a file of its own.
    pub app_secret: Option<SecretString>,
    /// Address under which Meta will reach the relay, if known.
    pub public_url: Option<String>,
}

/// Where everything is now.
#[derive(Debug, Clone)]
pub struct AddedDesk {
    /// What to enter at Meta as the callback URL.
    pub callback_url: String,
    /// Base address under which consoles reach the relay.
    pub base_url: String,
    /// The data folder, resolved.
    pub data_dir: PathBuf,
    /// What to enter at Meta as the verify token; it is in a file of its own too.
    pub verify_token: SecretString,
    /// File that the app secret is read from.
    pub app_secret_file: PathBuf,
    /// True if somebody still has to put the app secret there.
    pub app_secret_missing: bool,
}

/// Adds the desk. Nothing is changed if any step before the configuration's replacement fails, except for token files
/// that were already written.
pub fn add_desk(new: &NewDesk) -> anyhow::Result<AddedDesk> {
    if !is_name(&new.name) {
        let name = &new.name;
        bail!("{name:?} is not a usable name: 1 to 64 letters, digits, '-', '_' or '.', not starting with '.'");
    }
    let (mut file, existing) = match fs::read_to_string(&new.config) {
        Ok(text) => (ConfigFile::parse(&new.config, &text)?, text),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => (fresh_config(new)?, String::new()),
        Err(error) => return Err(error).with_context(|| format!("reading {}", new.config.display())),
    };
    if file.desks.iter().any(|desk| desk.id == new.name) {
        bail!("desk {:?} is already in {}; choose another name", new.name, new.config.display());
    }
    if file.public_url.is_none() {
        file.public_url.clone_from(&new.public_url);
    }
    make_private_folder(&new.secrets_dir)?;
    let secrets_dir =
        new.secrets_dir.canonicalize().with_context(|| format!("resolving {}", new.secrets_dir.display()))?;
    let secret_file = |what: &str| secrets_dir.join(format!("{}.{what}", new.name));
    let verify_token_file = secret_file("verify-token");
    let app_secret_file = match &new.app_secret_file {
        Some(path) => path.canonicalize().with_context(|| format!("finding the app secret file {}", path.display()))?,
        None => secret_file("app-secret"),
    };
    let desk = DeskSection {
        id: new.name.clone(),
        verify_token: SecretSource::File(verify_token_file.clone()),
        app_secret: SecretSource::File(app_secret_file.clone()),
        previous_app_secret: None,
    };
    let text = with_desk(&file, existing, &desk)?;
    ConfigFile::parse(&new.config, &text).context("checking the changed configuration")?;
    let verify_token = SecretString::from(random_token()?);
    write_private(&verify_token_file, verify_token.expose_secret())
        .with_context(|| format!("writing {}", verify_token_file.display()))?;
    if let Some(secret) = &new.app_secret {
        write_private(&app_secret_file, secret.expose_secret())
            .with_context(|| format!("writing {}", app_secret_file.display()))?;
    }
    replace_file(&new.config, &text)?;
    let base_url = file.base_url();
    Ok(AddedDesk {
        callback_url: format!("{base_url}/hooks/{}", new.name),
        base_url,
        data_dir: file.data_dir(&new.config),
        verify_token,
        app_secret_missing: !app_secret_file.exists(),
        app_secret_file,
    })
}

fn fresh_config(new: &NewDesk) -> anyhow::Result<ConfigFile> {
    let Some(data_dir) = &new.data_dir else {
        bail!("{} does not exist yet; give --data-dir to make it", new.config.display());
    };
    let data_dir = std::path::absolute(data_dir).context("resolving the data folder")?;
    let text = toml::to_string(&toml::Table::from_iter([(
        "data_dir".to_owned(),
        toml::Value::String(data_dir.to_str().context("the data folder's name is not Unicode")?.to_owned()),
    )]))?;
    Ok(ConfigFile::parse(&new.config, &text)?)
}

/// The configuration's text with the desk at its end. What a person wrote, comments included, stays as it is.
fn with_desk(file: &ConfigFile, existing: String, desk: &DeskSection) -> anyhow::Result<String> {
    #[derive(serde::Serialize)]
    struct Addition<'a> {
        desks: [&'a DeskSection; 1],
    }
    if existing.is_empty() {
        let whole = ConfigFile { desks: vec![desk.clone()], ..file.clone() };
        return Ok(toml::to_string(&whole)?);
    }
    let addition = toml::to_string(&Addition { desks: [desk] })?;
    Ok(format!("{}\n\n{addition}", existing.trim_end()))
}

fn make_private_folder(path: &Path) -> anyhow::Result<()> {
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(path).with_context(|| format!("making the folder {}", path.display()))
}

fn replace_file(path: &Path, text: &str) -> anyhow::Result<()> {
    let attempted = || format!("writing {}", path.display());
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder).with_context(attempted)?;
    }
    let new = path.with_extension("toml.new");
    fs::write(&new, text).with_context(attempted)?;
    fs::rename(&new, path).with_context(attempted)
}

/// 256 random bits as 64 hex digits.
fn random_token() -> anyhow::Result<String> {
    let mut bytes = [0_u8; 32];
    getrandom::fill(&mut bytes).map_err(|e| anyhow::anyhow!("the system has no random numbers: {e}"))?;
    Ok(hex::encode(bytes))
}
