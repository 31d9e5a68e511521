//! The operator's rules for campaigns, as they are set now: what the claim, the review and the live view share, so that
//! what was foretold is what is kept (consent-rules.md rule 5).

use std::collections::HashMap;

use jiff::tz::TimeZone;
use switchboard_bridge::dto::Settings;
use switchboard_domain::ids::CampaignId;
use switchboard_domain::phone::{PhoneNumber, Region};
use switchboard_domain::rules::{CampaignRules, FrequencyCap, Hours, Place, QuietUntil, quiet_until, reached_at, zone};
use switchboard_domain::template::Category;
use switchboard_domain::time::UnixMillis;
use switchboard_store::tables::campaign_rules::{self, PeopleRules};
use switchboard_store::{Connection, StoreError};

/// Reason word of a row that waits for the end of quiet hours.
pub const QUIET_HOURS: &str = "quiet_hours";
/// Reason word of people whose country (or area) is quiet somewhere at every hour.
pub const NEVER_OUTSIDE_QUIET: &str = "never_outside_quiet_hours";
/// Reason word of people who sleep by the quiet hours whenever the campaign may send.
pub const NEVER_IN_HOURS: &str = "never_in_hours";
/// Reason word of people who still waited when the campaign came to its end.
pub const CAMPAIGN_ENDED: &str = "campaign_ended";

/// What the operator set for all campaigns.
#[derive(Clone, Debug)]
pub struct OperatorRules {
    /// How often one person may be written to.
    pub cap: Option<FrequencyCap>,
    /// When nobody is written to, where they are.
    pub quiet: Option<Hours>,
    /// Cap and quiet hours hold for utility campaigns too.
    pub for_utility: bool,
    /// Where the shop is.
    pub shop: TimeZone,
    /// What all campaigns may cost in a month, millionths.
    pub month_budget: Option<i64>,
}

impl OperatorRules {
    /// From the settings in force.
    pub fn of(settings: &Settings) -> Self {
        let quiet = settings
            .quiet_hours
            .as_ref()
            .map(|h| Hours { from_minute: h.from_minute, to_minute: h.to_minute })
            .and_then(|h| h.check().ok());
        Self {
            cap: settings
                .cap_messages
                .filter(|n| *n > 0)
                .map(|messages| FrequencyCap { messages, days: settings.cap_days.max(1) }),
            quiet,
            for_utility: settings.rules_for_utility,
            shop: shop_zone(settings),
            month_budget: settings.month_budget.as_deref().and_then(switchboard_domain::money::parse_micros),
        }
    }

    /// As they are set in the store.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn load(connection: &Connection) -> Result<Self, StoreError> {
        Ok(Self::of(&crate::settings::load_in(connection)?))
    }

    /// Cap and quiet hours as they hold for a category.
    #[must_use]
    pub fn for_category(mut self, category: Category) -> Self {
        let holds = match category {
            Category::Marketing => true,
            Category::Utility => self.for_utility,
            Category::Authentication => false,
        };
        if !holds {
            self.cap = None;
            self.quiet = None;
        }
        self
    }

    /// What leaves people of a campaign out, as an expression for many.
    pub fn reason_sql(&self, gate: &str, rules: &CampaignRules, at: UnixMillis, id: CampaignId) -> String {
        let people = PeopleRules {
            not_written_days: rules.not_written_days,
            not_in_conversation: rules.not_in_conversation,
            // With an end, who is above the cap may wait for their turn; the claim decides.
            cap: self.cap.filter(|_| rules.ends.is_none()),
            cap_with_utility: self.for_utility,
        };
        campaign_rules::reason_sql(gate, &people, at, id)
    }

    /// A moment by the shop's clock, with its zone: `29 Nov 2026, 14:05 (America/Toronto)`.
    pub fn shop_time(&self, at: UnixMillis) -> String {
        time_in(&self.shop, at)
    }
}

/// A moment by the clock of a zone, with the zone's name: `29 Nov 2026, 14:05 (America/Toronto)`.
pub fn time_in(zone: &TimeZone, at: UnixMillis) -> String {
    jiff::Timestamp::from_millisecond(at.as_ms())
        .map(|t| format!("{} ({})", t.to_zoned(zone.clone()).strftime("%-d %b %Y, %H:%M"), zone_name(zone)))
        .unwrap_or_else(|_| at.to_rfc3339())
}

/// Where the shop is: as set, else where this computer is.
pub fn shop_zone(settings: &Settings) -> TimeZone {
    settings.shop_zone.as_deref().and_then(zone).unwrap_or_else(TimeZone::system)
}

/// The same read alone, for where many ask one after the other.
///
/// # Errors
/// [`StoreError`].
pub fn shop_zone_in(connection: &Connection) -> Result<TimeZone, StoreError> {
    #[derive(serde::Deserialize)]
    struct Place {
        #[serde(default)]
        shop_zone: Option<String>,
    }
    let stored = crate::settings::raw_in(connection)?;
    let place: Option<Place> = stored.and_then(|json| serde_json::from_str(&json).ok());
    Ok(place.and_then(|p| p.shop_zone).as_deref().and_then(zone).unwrap_or_else(TimeZone::system))
}

/// The name of a zone, for people and for schedules.
pub fn zone_name(zone: &TimeZone) -> String {
    zone.iana_name().unwrap_or("UTC").to_owned()
}

/// Where a person is, by the number or else by the user id.
pub fn place_of(phone: Option<&str>, bsuid: Option<&str>) -> Place {
    match phone {
        Some(phone) => Place::of_phone(&PhoneNumber::from_stored(phone)),
        None => Place::of_country(bsuid.and_then(|id| id.split('.').next()).and_then(Region::parse)),
    }
}

/// Whether it is quiet at a moment, by place; each place is worked out once.
#[derive(Debug)]
pub struct QuietBook {
    quiet: Option<Hours>,
    shop: TimeZone,
    at: UnixMillis,
    known: HashMap<Place, QuietUntil>,
    /// Hours of the shop in which the campaign sends.
    window: Option<Hours>,
    reached: HashMap<Place, bool>,
}

impl QuietBook {
    /// For one moment.
    pub fn new(rules: &OperatorRules, at: UnixMillis) -> Self {
        Self {
            quiet: rules.quiet,
            shop: rules.shop.clone(),
            at,
            known: HashMap::new(),
            window: None,
            reached: HashMap::new(),
        }
    }

    /// For a campaign that sends in these hours of the shop only.
    #[must_use]
    pub fn within(mut self, window: Option<Hours>) -> Self {
        self.window = window;
        self
    }

    /// Whether there are quiet hours at all.
    pub const fn is_on(&self) -> bool {
        self.quiet.is_some()
    }

    /// Until when it is quiet in a place; where the place is not known, in the shop.
    pub fn at_place(&mut self, place: Place) -> QuietUntil {
        let Some(quiet) = self.quiet else { return QuietUntil::NotNow };
        if let Some(known) = self.known.get(&place) {
            return *known;
        }
        let until = quiet_until(quiet, &zones_or(place, &self.shop), self.at);
        self.known.insert(place, until);
        until
    }

    /// Why nobody in a place is ever reached: it is always quiet there, or whenever the campaign may send. `None`: their
    /// turn comes.
    pub fn never_at(&mut self, place: Place) -> Option<&'static str> {
        if self.at_place(place) == QuietUntil::Never {
            return Some(NEVER_OUTSIDE_QUIET);
        }
        let (Some(quiet), Some(open)) = (self.quiet, self.window) else { return None };
        let (shop, at) = (&self.shop, self.at);
        let is_reached = *self
            .reached
            .entry(place)
            .or_insert_with(|| reached_at(open, shop, quiet, &zones_or(place, shop), at).is_some());
        (!is_reached).then_some(NEVER_IN_HOURS)
    }
}

/// The zones of a place; the shop's where nothing is known.
pub fn zones_or(place: Place, shop: &TimeZone) -> Vec<TimeZone> {
    let zones = place.zones();
    if zones.is_empty() { vec![shop.clone()] } else { zones }
}

/// Sentence and remedy of a reason of these rules, for a count of people. `None` for a word of others.
pub fn words(code: &str) -> Option<(&'static str, &'static str)> {
    Some(match code {
        campaign_rules::FREQUENCY_CAP => (
            "They had as many messages lately as your frequency cap allows.",
            "They can get the next one when an earlier one is old enough; with an end date the campaign waits for them.",
        ),
        campaign_rules::WRITTEN_LATELY => {
            ("You wrote to them lately.", "Change that in the step When and rules, or send later.")
        }
        campaign_rules::IN_CONVERSATION => (
            "A conversation with them is open right now.",
            "Answer them there; campaigns reach them again a day after their last message.",
        ),
        NEVER_OUTSIDE_QUIET => (
            "It is always within your quiet hours somewhere in their country, and the number does not tell where they live.",
            "Shorten the quiet hours in Settings, Sending.",
        ),
        NEVER_IN_HOURS => (
            "Whenever this campaign may send, it is within your quiet hours where they are.",
            "Choose other hours in the step When and rules, or shorten the quiet hours in Settings, Sending.",
        ),
        CAMPAIGN_ENDED => ("The campaign came to its end before their turn.", "Send to them with another campaign."),
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]
    use super::*;

    #[test]
    fn the_place_comes_from_the_number_and_else_from_the_user_id() {
        assert_eq!(place_of(Some("+14165550123"), Some("KE.1")), Place::Area("America/Toronto"));
        assert_eq!(place_of(None, Some("KE.123")), Place::Country(Region::parse("KE").unwrap()));
        assert_eq!(place_of(None, None), Place::Unknown);
        let shop = zone("America/Toronto").unwrap();
        assert_eq!(zones_or(Place::Unknown, &shop), [shop]);
    }

    #[test]
    fn rules_hold_for_utility_only_where_the_operator_wants_it_and_never_for_codes() {
        let mut settings = crate::settings::defaults();
        settings.cap_messages = Some(2);
        let rules = OperatorRules::of(&settings);
        assert!(rules.clone().for_category(Category::Marketing).cap.is_some());
        assert!(rules.for_category(Category::Utility).cap.is_none());
        settings.rules_for_utility = true;
        let rules = OperatorRules::of(&settings);
        assert!(rules.clone().for_category(Category::Utility).cap.is_some());
        assert!(rules.for_category(Category::Authentication).cap.is_none());
    }
}
