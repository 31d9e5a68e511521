//! `desk add`: a new desk in the configuration, with a verify token in a file of its own.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, bail};
use secrecy::{ExposeSecret, SecretString};
use switchboard_relay_api::endpoint::is_new_name;

use crate::config_file::{ConfigFile, DeskSection, folder_of};
use crate::owner::refuse_root_elsewhere;
use crate::public_url::check_public_url;
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
    /// Address under which Meta will reach the relay, if known; kept in the configuration.
    pub public_url: Option<String>,
}

/// Where everything is now.
#[derive(Debug, Clone)]
pub struct AddedDesk {
    /// What to enter at Meta as the callback URL.
    pub callback_url: String,
    /// Base address under which consoles reach the relay.
    pub base_url: String,
    /// [`ConfigFile::public_url`], as it is in force now.
    pub public_url: Option<String>,
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
    if !is_new_name(&new.name) {
        let name = &new.name;
        bail!("{name:?} is not a usable name: 1 to 64 letters and digits, with '-', '_' or '.' between them");
    }
    if let Some(url) = &new.public_url {
        check_public_url(url).context("--public-url cannot be used")?;
    }
    let writes = [Some(new.config.as_path()), Some(new.secrets_dir.as_path()), new.data_dir.as_deref()];
    refuse_root_elsewhere(writes.into_iter().flatten())?;
    let (mut file, existing) = match fs::read_to_string(&new.config) {
        Ok(text) => (ConfigFile::parse(&new.config, &text)?, text),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => (fresh_config(new)?, String::new()),
        Err(reason) => {
            bail!("cannot read {} ({reason}); run this as the relay's own user", new.config.display())
        }
    };
    if file.desks.iter().any(|desk| desk.id == new.name) {
        bail!("desk {:?} is already in {}; choose another name", new.name, new.config.display());
    }
    refuse_root_elsewhere([file.data_dir(&new.config).as_path()])?;
    let existing = keep_public_url(&mut file, existing, new)?;
    make_private_folder(&new.secrets_dir)?;
    let secrets_dir =
        new.secrets_dir.canonicalize().with_context(|| format!("resolving {}", new.secrets_dir.display()))?;
    let secret_file = |what: &str| secrets_dir.join(format!("{}.{what}", new.name));
    let verify_token_file = secret_file("verify-token");
    let app_secret_file = match &new.app_secret_file {
        Some(path) => path.canonicalize().with_context(|| {
            format!(
                "cannot find the app secret file {}; make it first, or give `-` and type the secret",
                path.display()
            )
        })?,
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
        public_url: file.public_url.clone(),
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

/// Puts the public address into the configuration, if it has none. Another one that is there stays in force: whoever
/// gave it to Meta must not find it changed by the way.
fn keep_public_url(file: &mut ConfigFile, existing: String, new: &NewDesk) -> anyhow::Result<String> {
    let Some(url) = new.public_url.as_deref().map(|url| url.trim().trim_end_matches('/')) else { return Ok(existing) };
    match file.public_url.as_deref() {
        Some(there) if there.trim_end_matches('/') == url => return Ok(existing),
        Some(there) => bail!(
            "{config} says public_url = {there:?}, and --public-url says {url:?}. Leave --public-url out to keep what is \
             there, or change public_url in {config} first; Meta and paired consoles then need the new address too",
            config = new.config.display()
        ),
        None => file.public_url = Some(url.to_owned()),
    }
    if existing.is_empty() {
        return Ok(existing);
    }
    let mut document: toml_edit::DocumentMut = existing.parse().context("reading the configuration")?;
    document.insert("public_url", toml_edit::value(url));
    Ok(document.to_string())
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

/// Replaces the file as a whole. A new one is its owner's alone; one that was there keeps its permissions.
fn replace_file(path: &Path, text: &str) -> anyhow::Result<()> {
    let attempted = || format!("writing {}; run this as the relay's own user, and check the space", path.display());
    fs::create_dir_all(folder_of(path)).with_context(attempted)?;
    let new = path.with_extension("toml.new");
    let mut options = fs::OpenOptions::new();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(&new).with_context(attempted)?;
    if let Ok(before) = fs::metadata(path) {
        file.set_permissions(before.permissions()).with_context(attempted)?;
    }
    std::io::Write::write_all(&mut file, text.as_bytes()).and_then(|()| file.sync_all()).with_context(attempted)?;
    fs::rename(&new, path).with_context(attempted)
}

/// 256 random bits as 64 hex digits.
fn random_token() -> anyhow::Result<String> {
    let mut bytes = [0_u8; 32];
    getrandom::fill(&mut bytes).map_err(|e| anyhow::anyhow!("the system has no random numbers: {e}"))?;
    Ok(hex::encode(bytes))
}
