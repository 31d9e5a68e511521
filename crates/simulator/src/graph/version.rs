//! Versions of the Graph API: which live at a time, and which one a call without a version means (account.md §2).

use std::fmt;

/// A version that a call can name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Version(u32);

/// Major versions, oldest first, with the time from which they no longer answer; none is announced for the newest.
const LIVES: &[(Version, i64)] = &[
    (Version(21), 1_800_489_600_000),
    (Version(22), 1_811_548_800_000),
    (Version(23), 1_822_953_600_000),
    (Version(24), 1_834_444_800_000),
    (Version(25), 1_848_441_600_000),
    (Version(26), i64::MAX),
];

impl fmt::Display for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "v{}.0", self.0)
    }
}

impl Version {
    /// The newest one.
    pub(crate) const NEWEST: Self = Self(26);

    /// What a call without a version means: the oldest that still answers.
    pub(crate) fn unnamed(now_ms: i64) -> Self {
        LIVES.iter().find(|(_, stops_ms)| now_ms < *stops_ms).map_or(Self::NEWEST, |(version, _)| *version)
    }

    /// The version a path word names, if it answers at this time. The two failures are told apart: a word that is no
    /// version at all is `None`, a version that has gone or is not there yet is `Some(None)`.
    pub(crate) fn named(word: &str, now_ms: i64) -> Option<Option<Self>> {
        let (major, minor) = word.strip_prefix('v')?.split_once('.')?;
        let digits = |text: &str| !text.is_empty() && text.len() <= 3 && text.bytes().all(|b| b.is_ascii_digit());
        if !digits(major) || !digits(minor) {
            return None;
        }
        Some(
            LIVES
                .iter()
                .find(|(version, stops_ms)| version.to_string() == word && now_ms < *stops_ms)
                .map(|(version, _)| *version),
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// 2026-11-22.
    const NOW: i64 = 1_795_305_600_000;

    #[test]
    fn versions_answer_until_they_stop_and_the_oldest_of_them_is_meant_without_one() {
        assert_eq!(Version::named("v21.0", NOW), Some(Some(Version(21))));
        assert_eq!(Version::named("v26.0", NOW), Some(Some(Version::NEWEST)));
        for gone in ["v9.0", "v20.0", "v27.0", "v26.1", "v026.0"] {
            assert_eq!(Version::named(gone, NOW), Some(None), "{gone}");
        }
        for other in ["102290129340398", "v26", "v.0", "vx.0", "v1234.0"] {
            assert_eq!(Version::named(other, NOW), None, "{other}");
        }
        assert_eq!(Version::unnamed(NOW).to_string(), "v21.0");
        assert_eq!(Version::unnamed(1_800_489_600_000).to_string(), "v22.0");
        assert_eq!(Version::named("v21.0", 1_800_489_600_000), Some(None));
    }
}
