//! Reading and writing our own types in columns, shared by all table modules.

use rusqlite::Row;
use switchboard_domain::ids::{
    AttemptId, AudienceListId, CampaignId, ConsentEventId, ContactId, ImportId, InstallId, MediaFileId, MessageId,
    OutboxId, RateCardId,
};
use switchboard_domain::time::UnixMillis;

/// An own id as the 16-byte blob it is in the store.
pub trait IdColumn: Sized {
    /// The bytes to bind.
    fn bytes(&self) -> &[u8];
    /// From the bytes of a column.
    fn from_blob(bytes: [u8; 16]) -> Self;
}

macro_rules! id_columns {
    ($($name:ident),+) => {$(
        impl IdColumn for $name {
            fn bytes(&self) -> &[u8] { self.as_bytes() }
            fn from_blob(bytes: [u8; 16]) -> Self { Self::from_bytes(bytes) }
        }
    )+};
}
id_columns!(
    AttemptId,
    AudienceListId,
    CampaignId,
    ConsentEventId,
    ContactId,
    ImportId,
    InstallId,
    MediaFileId,
    MessageId,
    OutboxId,
    RateCardId
);

/// Typed reads from a row; a value of the wrong shape is an error that names the column.
pub trait RowExt {
    /// An id.
    ///
    /// # Errors
    /// As [`Row::get`].
    fn id<I: IdColumn>(&self, column: &str) -> rusqlite::Result<I>;
    /// An id or NULL.
    ///
    /// # Errors
    /// As [`Row::get`].
    fn id_opt<I: IdColumn>(&self, column: &str) -> rusqlite::Result<Option<I>>;
    /// A moment.
    ///
    /// # Errors
    /// As [`Row::get`].
    fn ms(&self, column: &str) -> rusqlite::Result<UnixMillis>;
    /// A moment or NULL.
    ///
    /// # Errors
    /// As [`Row::get`].
    fn ms_opt(&self, column: &str) -> rusqlite::Result<Option<UnixMillis>>;
}

impl RowExt for Row<'_> {
    fn id<I: IdColumn>(&self, column: &str) -> rusqlite::Result<I> {
        self.get::<_, [u8; 16]>(column).map(I::from_blob)
    }

    fn id_opt<I: IdColumn>(&self, column: &str) -> rusqlite::Result<Option<I>> {
        Ok(self.get::<_, Option<[u8; 16]>>(column)?.map(I::from_blob))
    }

    fn ms(&self, column: &str) -> rusqlite::Result<UnixMillis> {
        self.get(column).map(UnixMillis::new)
    }

    fn ms_opt(&self, column: &str) -> rusqlite::Result<Option<UnixMillis>> {
        Ok(self.get::<_, Option<i64>>(column)?.map(UnixMillis::new))
    }
}
