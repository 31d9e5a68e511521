//! Opening what keeps the log and the desks: the one place that knows which engines there are.

use std::path::Path;
use std::sync::Arc;

use crate::config::{LogEngine, RelayConfig};
use crate::desks::{DeskStore, NatsDesks, SqliteDesks};
use crate::log::{NatsLog, OpenError, RelayLog, SqliteLog};
use crate::nats::Nats;
use crate::server::RelayError;

/// What a message of NATS needs beside a webhook's body: signature, seal, numbers, headers.
const ENVELOPE_BYTES: usize = 4 * 1024;

/// The largest message that a webhook may need.
pub(crate) fn largest_message_bytes(config: &RelayConfig) -> usize {
    config.limits.max_body_bytes.saturating_add(ENVELOPE_BYTES)
}

/// An engine, open.
pub struct Engine {
    /// The log.
    pub log: Arc<dyn RelayLog>,
    /// The desks.
    pub desks: Arc<dyn DeskStore>,
}

impl Engine {
    /// Opens what the configuration names, for its desks.
    ///
    /// # Errors
    /// [`RelayError`].
    pub async fn open(config: &RelayConfig) -> Result<Self, RelayError> {
        let names: Vec<String> = config.desks.iter().map(|desk| desk.id.clone()).collect();
        match &config.log {
            LogEngine::Embedded => {
                let (data_dir, max_log_bytes) = (config.data_dir.clone(), config.limits.max_log_bytes);
                let opened = tokio::task::spawn_blocking(move || {
                    let log = SqliteLog::open(&data_dir, &names, max_log_bytes)?;
                    Ok::<_, OpenError>((log, SqliteDesks::open(&data_dir)?))
                });
                let (log, desks) = opened.await??;
                desks.watch_others();
                Ok(Self { log: Arc::new(log), desks: Arc::new(desks) })
            }
            LogEngine::Nats(nats) => {
                let nats = Nats::connect(nats).await?;
                nats.check_payload(largest_message_bytes(config))?;
                let desks = NatsDesks::open(&nats).await?;
                desks.watch_others();
                let log = NatsLog::open(nats, &names, config.limits.max_log_bytes).await?;
                Ok(Self { log: Arc::new(log), desks: Arc::new(desks) })
            }
        }
    }
}

/// Opens the desks alone, beside a running relay or without one.
///
/// # Errors
/// [`RelayError`].
pub async fn open_desks(engine: &LogEngine, data_dir: &Path) -> Result<Arc<dyn DeskStore>, RelayError> {
    match engine {
        LogEngine::Embedded => {
            let folder = |reason| OpenError::Folder { path: data_dir.to_owned(), reason };
            let mut builder = std::fs::DirBuilder::new();
            builder.recursive(true);
            #[cfg(unix)]
            std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
            builder.create(data_dir).map_err(folder)?;
            Ok(Arc::new(SqliteDesks::open(data_dir)?))
        }
        LogEngine::Nats(nats) => Ok(Arc::new(NatsDesks::open(&Nats::connect(nats).await?).await?)),
    }
}
