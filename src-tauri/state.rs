//! What the shell holds: the open profile, the practice account if it runs, a file waiting to be imported.

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use switchboard_bridge::dto::{AppStatus, OfferedLink, ProfileKind, ProfileSummary};
use switchboard_bridge::{UiError, UiErrorCode};
use switchboard_engine::clock::SystemClock;
use switchboard_engine::profile::{Card, Profile};
use switchboard_engine::secrets::SecretStore;
use switchboard_engine::{Console, EngineError, OpenConsole, background};
use switchboard_practice::{PracticeAccount, PracticeOptions};
use tauri::{AppHandle, Manager};

use crate::arguments::Arguments;
use crate::events;

/// A profile that is open in this process.
pub(crate) struct Open {
    pub(crate) console: Console,
    pub(crate) practice: Option<Arc<PracticeAccount>>,
}

/// Opening the account that the start asked for.
enum Start {
    Opening,
    Over,
    Failed(UiError),
}

/// The shell's state; one per process.
pub(crate) struct AppState {
    app: AppHandle,
    data_dir: PathBuf,
    open: Mutex<Option<Arc<Open>>>,
    /// Serialises opening and closing of profiles.
    opening: tokio::sync::Mutex<()>,
    pending_file: Mutex<Option<PathBuf>>,
    pending_link: Mutex<Option<OfferedLink>>,
    /// What came of opening the account that the start asked for; the window may look only later.
    start: Mutex<Start>,
}

impl AppState {
    /// Nothing is open yet.
    pub(crate) fn new(app: AppHandle, data_dir: PathBuf, arguments: &Arguments) -> Self {
        Self {
            app,
            data_dir,
            open: Mutex::new(None),
            opening: tokio::sync::Mutex::new(()),
            pending_file: Mutex::new(arguments.file.as_deref().map(absolute)),
            pending_link: Mutex::new(arguments.link.clone().map(|link| OfferedLink { link, number: 1 })),
            start: Mutex::new(Start::Opening),
        }
    }

    /// Where profiles are kept.
    pub(crate) fn data_dir(&self) -> &Path {
        &self.data_dir
    }

    /// The open profile, if any.
    pub(crate) fn current(&self) -> Option<Arc<Open>> {
        self.open.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// The open profile's console.
    pub(crate) fn console(&self) -> Result<Console, UiError> {
        self.current().map(|o| o.console.clone()).ok_or_else(|| {
            UiError::new(UiErrorCode::NoProfile, "No account is open.", "Try the practice account or connect your own.")
        })
    }

    /// The running practice account.
    pub(crate) fn practice(&self) -> Result<Arc<PracticeAccount>, UiError> {
        self.current().and_then(|o| o.practice.clone()).ok_or_else(|| {
            UiError::new(
                UiErrorCode::PracticeOnly,
                "This is offered on the practice account only.",
                "Open the practice account in Settings.",
            )
        })
    }

    /// Keeps a file for the import; the window fetches it once.
    pub(crate) fn offer_file(&self, path: &Path) {
        *self.pending_file.lock().unwrap_or_else(PoisonError::into_inner) = Some(absolute(path));
    }

    /// Keeps a pairing link for Settings, which shows it once. Nothing is done with it before somebody confirms.
    pub(crate) fn offer_link(&self, link: &str) {
        let mut pending = self.pending_link.lock().unwrap_or_else(PoisonError::into_inner);
        let number = pending.as_ref().map_or(0, |before| before.number).saturating_add(1);
        *pending = Some(OfferedLink { link: link.to_owned(), number });
    }

    /// The answer to the window's own question: the status, once the file that waits, and the link that was opened
    /// last. Without an open account there is no screen to show them in, and they go on waiting.
    pub(crate) async fn status_for_window(&self) -> Result<AppStatus, UiError> {
        let mut status = self.status().await?;
        if status.profile.is_some() {
            let file = self.pending_file.lock().unwrap_or_else(PoisonError::into_inner).take();
            status.pending_file = file.map(|path| path.to_string_lossy().into_owned());
            status.pending_link = self.pending_link.lock().unwrap_or_else(PoisonError::into_inner).clone();
        }
        Ok(status)
    }

    /// What the window needs before it shows anything, but for a waiting file.
    pub(crate) async fn status(&self) -> Result<AppStatus, UiError> {
        let profiles = Profile::list(&self.data_dir).map_err(EngineError::from)?;
        let open = self.current();
        let first_start = profiles.is_empty();
        let (opening, start_failure) = match &*self.start.lock().unwrap_or_else(PoisonError::into_inner) {
            Start::Opening => (open.is_none(), None),
            Start::Over => (false, None),
            Start::Failed(error) => (false, Some(error.clone())),
        };
        let change_seq = match &open {
            Some(o) => {
                let read = o.console.store().read(switchboard_engine::newest_change).await;
                read.map_err(EngineError::Store)?.0
            }
            None => 0,
        };
        Ok(AppStatus {
            version: env!("CARGO_PKG_VERSION").to_owned(),
            profile: match &open {
                Some(o) => {
                    let card = o.console.profile().card().map_err(EngineError::from)?;
                    Some(summary(o.console.profile(), &card))
                }
                None => None,
            },
            profiles: profiles.iter().map(|(p, card)| summary(p, card)).collect(),
            first_start,
            holds_engine_role: open.as_ref().is_some_and(|o| o.console.holds_role()),
            pending_file: None,
            pending_link: None,
            notice: open.as_ref().and_then(|o| o.console.notice().map(str::to_owned)),
            opening,
            start_failure,
            change_seq,
        })
    }

    /// Opens the practice profile and starts the practice account in this process.
    pub(crate) async fn open_practice(&self) -> Result<AppStatus, UiError> {
        let _one = self.opening.lock().await;
        if self.current().is_none_or(|o| !o.console.profile().is_practice()) {
            let profile = Profile::practice(&self.data_dir).map_err(EngineError::from)?;
            self.replace(profile).await?;
        }
        self.status().await
    }

    /// Opens an existing profile.
    pub(crate) async fn open_profile(&self, name: &str) -> Result<AppStatus, UiError> {
        let _one = self.opening.lock().await;
        if self.current().is_none_or(|o| o.console.profile().name() != name) {
            let profile = Profile::find(&self.data_dir, name).map_err(EngineError::from)?;
            self.replace(profile).await?;
        }
        self.status().await
    }

    /// Makes a profile for a real account. It becomes the open one only if `connect` succeeds; otherwise it is gone again.
    pub(crate) async fn connect_new<F, T>(&self, name: &str, connect: F) -> Result<T, UiError>
    where
        F: AsyncFnOnce(&Console) -> Result<T, UiError>,
    {
        let _one = self.opening.lock().await;
        let profile = Profile::create(&self.data_dir, name, ProfileKind::Real).map_err(EngineError::from)?;
        let console = match open_console(profile.clone()).await {
            Ok(console) => console,
            Err(error) => {
                discard(&profile).await;
                return Err(error);
            }
        };
        match connect(&console).await {
            Ok(value) => {
                self.close_current().await;
                self.install(console, None);
                Ok(value)
            }
            Err(error) => {
                console.close().await;
                drop(console);
                discard(&profile).await;
                Err(error)
            }
        }
    }

    fn started(&self, how: Start) {
        *self.start.lock().unwrap_or_else(PoisonError::into_inner) = how;
    }

    async fn replace(&self, profile: Profile) -> Result<(), UiError> {
        self.close_current().await;
        let console = open_console(profile).await?;
        let mut practice = None;
        if console.profile().is_practice() && console.holds_role() {
            let account =
                PracticeAccount::start(console.profile(), PracticeOptions::from_env()).await.map_err(|error| {
                    tracing::error!(error = format!("{error:#}"), "starting practice");
                    UiError::new(
                        UiErrorCode::Internal,
                        "The practice account could not be started.",
                        "Close other copies of Switchboard and try again; Settings > Diagnostics shows the log.",
                    )
                })?;
            account.connect(&console).await?;
            practice = Some(Arc::new(account));
        }
        self.install(console, practice);
        Ok(())
    }

    fn install(&self, console: Console, practice: Option<Arc<PracticeAccount>>) {
        self.started(Start::Over);
        background::start(&console);
        events::forward(&self.app, &console);
        *self.open.lock().unwrap_or_else(PoisonError::into_inner) = Some(Arc::new(Open { console, practice }));
    }

    /// Closes the open profile in order: the console, then the practice account.
    pub(crate) async fn close_current(&self) {
        let open = self.open.lock().unwrap_or_else(PoisonError::into_inner).take();
        let Some(open) = open else { return };
        open.console.close().await;
        if let Some(open) = Arc::into_inner(open)
            && let Some(practice) = open.practice
            && let Some(practice) = Arc::into_inner(practice)
        {
            practice.stop().await;
        }
    }
}

/// Opens with the engine role, or, if another program has it, for reading and short writes.
async fn open_console(profile: Profile) -> Result<Console, UiError> {
    let secrets = SecretStore::for_profile(&profile);
    let clock = Arc::new(SystemClock::new());
    let options =
        |want_role| OpenConsole { profile: profile.clone(), secrets: secrets.clone(), clock: clock.clone(), want_role };
    match Console::open(options(true)).await {
        Err(EngineError::Profile(switchboard_engine::profile::ProfileError::InUse { .. })) => {
            Ok(Console::open(options(false)).await?)
        }
        other => Ok(other?),
    }
}

/// Removes a profile whose account was never connected.
async fn discard(profile: &Profile) {
    let secrets = SecretStore::for_profile(profile);
    if let Err(error) = profile.discard(&secrets).await {
        tracing::warn!(%error, "removing an unfinished profile");
    }
}

fn summary(profile: &Profile, card: &Card) -> ProfileSummary {
    ProfileSummary {
        name: profile.name().to_owned(),
        kind: profile.kind(),
        business_name: card.business_name.clone(),
        display_phone_number: card.display_phone_number.clone(),
    }
}

fn absolute(path: &Path) -> PathBuf {
    std::path::absolute(path).unwrap_or_else(|_| path.to_path_buf())
}

/// Opens what the start asks for: practice on request, else the only profile there is. More than one, or none, and
/// the window asks.
pub(crate) fn open_at_start(app: AppHandle, practice: bool) {
    tauri::async_runtime::spawn(async move {
        let state = app.state::<AppState>();
        let opened = if practice {
            state.open_practice().await.map(drop)
        } else {
            match Profile::list(state.data_dir()).unwrap_or_default().as_slice() {
                [(only, _)] if only.is_practice() => state.open_practice().await.map(drop),
                [(only, _)] => state.open_profile(only.name()).await.map(drop),
                _ => Ok(()),
            }
        };
        if let Err(error) = opened {
            tracing::error!(code = ?error.code, "opening a profile at the start");
            state.started(Start::Failed(error));
        } else {
            state.started(Start::Over);
        }
        events::tell_profile_changed(&app);
    });
}
