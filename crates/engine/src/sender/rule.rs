//! The operator's rules inside the claim: a campaign that may not send now, a person whose turn has not come, a person
//! who is left out. Never asked for replies, single templates and codes (consent-rules.md rule 5).

use switchboard_cloud_api::messages::Recipient;
use switchboard_domain::ids::ContactId;
use switchboard_domain::rules::{Late, MISSED_AFTER, QuietUntil, closed_until};
use switchboard_domain::template::Category;
use switchboard_domain::time::UnixMillis;
use switchboard_domain::window;
use switchboard_store::tables::campaign_rules::{self, FREQUENCY_CAP, IN_CONVERSATION, WRITTEN_LATELY};
use switchboard_store::tables::campaigns::{self, CampaignRow};
use switchboard_store::tables::threads;
use switchboard_store::{Connection, StoreError, WriteTx};

use crate::operator_rules::{
    CAMPAIGN_ENDED, NEVER_IN_HOURS, NEVER_OUTSIDE_QUIET, OperatorRules, QUIET_HOURS, QuietBook, place_of, zone_name,
};

/// What the rules say of one row.
pub(super) enum Ruling {
    /// It may go.
    Go,
    /// Not before then.
    Hold {
        /// When it is looked at again.
        until: UnixMillis,
        /// Word of the rule.
        code: &'static str,
        /// The sentence.
        sentence: String,
    },
    /// Not by this campaign.
    LeaveOut {
        /// Word of the rule.
        code: &'static str,
        /// The sentence.
        sentence: String,
    },
}

/// What the rules say of a whole campaign.
pub(super) enum CampaignRuling {
    /// Its rows are looked at.
    Go,
    /// Nothing before then.
    ClosedUntil(UnixMillis),
    /// Its end has passed: who waits is left out.
    Ended,
}

/// The rules of one claim and category.
pub(super) struct Rules {
    rules: OperatorRules,
    quiet: QuietBook,
}

impl Rules {
    /// Reads them inside the claim, for a campaign.
    pub(super) fn load(
        connection: &Connection,
        category: Category,
        campaign: &CampaignRow,
        now: UnixMillis,
    ) -> Result<Self, StoreError> {
        let rules = OperatorRules::load(connection)?.for_category(category);
        let quiet = QuietBook::new(&rules, now).within(campaign.operator_rules.window);
        Ok(Self { rules, quiet })
    }

    /// What all campaigns may cost in a month, and where the shop counts its months.
    pub(super) const fn operator(&self) -> &OperatorRules {
        &self.rules
    }

    /// Whether the campaign may send now.
    pub(super) fn of_campaign(&self, campaign: &CampaignRow, now: UnixMillis) -> CampaignRuling {
        if campaign.operator_rules.ends_at().is_some_and(|end| end <= now) {
            return CampaignRuling::Ended;
        }
        match campaign.operator_rules.window.and_then(|open| closed_until(open, &self.rules.shop, now)) {
            Some(opens) => CampaignRuling::ClosedUntil(opens),
            None => CampaignRuling::Go,
        }
    }

    /// Whether this person's turn has come.
    pub(super) fn of_row(
        &mut self,
        connection: &Connection,
        campaign: &CampaignRow,
        contact: ContactId,
        recipient: &Recipient,
        now: UnixMillis,
    ) -> Result<Ruling, StoreError> {
        let own = &campaign.operator_rules;
        if let Some(days) = own.not_written_days {
            let since = now.minus(std::time::Duration::from_secs(u64::from(days) * 86_400));
            if campaign_rules::written_since(connection, contact, since, campaign.campaign_id)? {
                let sentence =
                    format!("You wrote to them in the last {days} days; this campaign leaves such people out.");
                return Ok(Ruling::LeaveOut { code: WRITTEN_LATELY, sentence });
            }
        }
        if own.not_in_conversation && window::is_open(threads::last_inbound_at(connection, contact)?, now) {
            let sentence = "A conversation with them is open; this campaign leaves such people out.".to_owned();
            return Ok(Ruling::LeaveOut { code: IN_CONVERSATION, sentence });
        }
        if let Some(cap) = self.rules.cap {
            let sent = campaign_rules::capped_since(connection, contact, cap.since(now), self.rules.for_utility)?;
            if let Some(until) = cap.allowed_at(&sent, now) {
                return Ok(self.over_the_cap(until, own.ends_at(), cap.messages, cap.days));
            }
        }
        if self.quiet.is_on() {
            let place = match recipient {
                Recipient::Phone(phone) | Recipient::Both(phone, _) => place_of(Some(phone.as_e164()), None),
                Recipient::Bsuid(id) => place_of(None, Some(id.as_str())),
                Recipient::Group(_) => place_of(None, None),
            };
            return Ok(match self.quiet.at_place(place) {
                QuietUntil::NotNow => Ruling::Go,
                // They were left out at the launch, unless the quiet hours were changed since: that can be taken back.
                QuietUntil::Until(until) if self.quiet.never_at(place) == Some(NEVER_IN_HOURS) => Ruling::Hold {
                    until,
                    code: NEVER_IN_HOURS,
                    sentence: "Whenever this campaign may send, it is within your quiet hours where they are.".to_owned(),
                },
                QuietUntil::Until(until) => Ruling::Hold {
                    until,
                    code: QUIET_HOURS,
                    sentence: format!(
                        "Quiet hours where they are; not before {} ({}).",
                        self.rules.shop_time(until),
                        zone_name(&self.rules.shop)
                    ),
                },
                QuietUntil::Never => Ruling::LeaveOut {
                    code: NEVER_OUTSIDE_QUIET,
                    sentence: "It is always within your quiet hours somewhere in their country, and the number does not tell where they live.".to_owned(),
                },
            });
        }
        Ok(Ruling::Go)
    }

    /// Above the cap: they wait if their turn comes before the campaign's end, otherwise they are left out.
    fn over_the_cap(&self, until: UnixMillis, ends: Option<UnixMillis>, messages: u32, days: u32) -> Ruling {
        let sentence = format!(
            "They had {messages} messages in {days} days, your frequency cap; the next is allowed from {} on.",
            self.rules.shop_time(until)
        );
        match ends {
            Some(end) if until < end => Ruling::Hold { until, code: FREQUENCY_CAP, sentence },
            _ => Ruling::LeaveOut { code: FREQUENCY_CAP, sentence },
        }
    }
}

/// Word and sentence for who still waited when a campaign came to its end.
pub(super) const ENDED: (&str, &str) = (CAMPAIGN_ENDED, "The campaign came to its end before their turn.");

/// A scheduled campaign whose start has passed: notes that it was looked at in time, or does what the operator chose
/// for a start that was missed. `false`: it does not send (now).
pub(super) fn starts(tx: &mut WriteTx<'_>, campaign: &CampaignRow, now: UnixMillis) -> Result<bool, StoreError> {
    let (Some(schedule), Some(planned), None) =
        (&campaign.operator_rules.schedule, campaign.starts_at, campaign.started_at)
    else {
        return Ok(true);
    };
    campaigns::mark_started(tx, campaign.campaign_id)?;
    let late = now.since(planned);
    if late <= MISSED_AFTER {
        return Ok(true);
    }
    let when = format!("{} ({})", schedule.start.local.replace('T', " "), schedule.start.zone);
    let ask = match schedule.late {
        Late::Within { hours } if late < std::time::Duration::from_secs(u64::from(hours) * 3600) => return Ok(true),
        Late::Within { .. } | Late::Ask => true,
        Late::Skip => false,
    };
    let id = campaign.campaign_id;
    if ask {
        let reason =
            format!("It was to start on {when}, but this computer was off then. Resume to send it now, or cancel it.");
        campaigns::pause(tx, id, "missed_start", &reason)?;
    } else {
        let reason =
            format!("It was to start on {when}, but this computer was off then; as you chose, it was not sent.");
        campaigns::skip(tx, id, &reason)?;
    }
    Ok(false)
}
