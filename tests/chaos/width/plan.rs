//! What a seed decides: the world at the start and the troubles that come over it.

use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};
use switchboard_fault_points::Point;

use super::rules::Rules;

/// Dice of a seed; `what` keeps the dice of different questions apart, so that one answer more changes no other.
pub struct Dice(ChaCha8Rng);

impl Dice {
    pub fn of(seed: u64, what: &str) -> Self {
        let mut bytes = [0u8; 32];
        bytes[..8].copy_from_slice(&seed.to_le_bytes());
        // FNV-1a of the question.
        let hash = what.bytes().fold(0xcbf2_9ce4_8422_2325u64, |h, b| (h ^ u64::from(b)).wrapping_mul(0x100_0000_01b3));
        bytes[8..16].copy_from_slice(&hash.to_le_bytes());
        Self(ChaCha8Rng::from_seed(bytes))
    }

    /// From `from` to below `to`.
    pub fn range(&mut self, from: i64, to: i64) -> i64 {
        from + i64::try_from(self.0.next_u64() % u64::try_from((to - from).max(1)).unwrap()).unwrap()
    }

    pub fn index(&mut self, len: usize) -> usize {
        usize::try_from(self.range(0, i64::try_from(len).unwrap())).unwrap()
    }

    /// True in so many of a thousand.
    pub fn per_mille(&mut self, n: i64) -> bool {
        self.range(0, 1000) < n
    }

    pub fn pick<T: Copy>(&mut self, of: &[T]) -> T {
        of[self.index(of.len())]
    }
}

/// A trouble, or something that people do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Trouble {
    /// The process ends between two steps.
    Death {
        away_ms: i64,
    },
    /// The process ends at the n-th time that a point is reached.
    DeathAt {
        point: Point,
        hit: u64,
        away_ms: i64,
    },
    /// A second program tries to take the engine role.
    SecondStart,
    DiskFull {
        for_ms: i64,
    },
    /// Every send is refused for now with a code that may be repeated.
    Throttle {
        code: i64,
        for_ms: i64,
    },
    /// No connection to Meta.
    NoNetwork {
        for_ms: i64,
    },
    /// Meta answers 5xx, and takes half of the messages all the same.
    ServerErrors {
        for_ms: i64,
    },
    TokenRevoked,
    TemplatePaused {
        by_webhook: bool,
    },
    NumberRestricted,
    /// A webhook tells that the account is disabled; an hour later the operator has repaired it.
    AccountEvent,
    RelayAway {
        for_ms: i64,
    },
    Suspend {
        for_ms: i64,
    },
    WallClock {
        off_by_ms: i64,
    },
    /// A person writes STOP.
    Stop {
        human: usize,
    },
    /// The operator, or the command line in a process of its own, records an opt-out.
    OptOut {
        human: usize,
        by_cli: bool,
    },
    /// An opt-out is recorded exactly at a point of a step: of somebody who is being sent to then, if anybody is.
    OptOutAt {
        human: usize,
        point: Point,
        hit: u64,
    },
    /// A person stops marketing in WhatsApp's settings.
    PreferenceStop {
        human: usize,
    },
    /// A person writes something, and maybe gets a reply.
    Writes {
        human: usize,
        reply: bool,
    },
    /// A webhook tells that two entries are one person.
    Link {
        human: usize,
    },
    PauseAndResume {
        after_ms: i64,
    },
    Cancel,
    SecondCampaign,
    /// A template to one person, outside campaigns.
    Single {
        human: usize,
    },
}

/// A run.
#[derive(Debug)]
pub struct Plan {
    pub people: usize,
    /// Of these, so many have a second entry under their user id.
    pub twins: usize,
    pub marketing: bool,
    /// The operator's ceiling in messages per second, for each number.
    pub rate: Option<u32>,
    /// Numbers of the portfolio.
    pub numbers: usize,
    /// What the operator decided beside that.
    pub rules: Rules,
    /// When people and campaign are there, in milliseconds of the world.
    pub begins_ms: i64,
    /// Messages that come in each second, to the first number, from then on for [`STREAM_MS`].
    pub inbound_per_second: i64,
    /// The portfolio's limit of people per day.
    pub tier: Option<u64>,
    /// How many of a thousand sends meet a trouble of their own.
    pub send_trouble: i64,
    /// How many of a thousand webhooks are lost, late or come twice.
    pub webhook_trouble: i64,
    /// In order of time, in milliseconds of the world.
    pub troubles: Vec<(i64, Trouble)>,
}

/// How long messages come in.
pub const STREAM_MS: i64 = 16_000;

/// When troubles may come: the campaign may start after ten seconds.
const FROM_MS: i64 = 9_000;

impl Plan {
    pub fn of(seed: u64) -> Self {
        let d = &mut Dice::of(seed, "plan");
        let people = usize::try_from(d.range(12, 48)).unwrap();
        let rate = u32::try_from(d.pick(&[2, 5, 9, 20, 40, 79])).unwrap();
        let span_ms = (i64::try_from(people).unwrap() * 1000 / i64::from(rate)).max(1_500) + 6_000;
        let twins = if d.per_mille(400) { people / 3 } else { 0 };
        let mut troubles: Vec<(i64, Trouble)> =
            (0..d.range(4, 13)).map(|_| (FROM_MS + d.range(0, span_ms), trouble(d, people, twins))).collect();
        let marketing = d.per_mille(600);
        let tier = d.per_mille(250).then(|| u64::try_from(d.range(5, 25)).unwrap());
        let send_trouble = d.pick(&[0, 50, 150, 400]);
        let webhook_trouble = d.pick(&[0, 100, 300, 600]);
        let rules = Rules::of(&mut Dice::of(seed, "rules"));
        let d = &mut Dice::of(seed, "more");
        let inbound_per_second = if d.per_mille(60) { d.pick(&[40, 50, 60]) } else { 0 };
        let numbers = d.pick(&[1, 1, 2, 3]);
        for _ in 1..numbers {
            troubles.push((FROM_MS - d.range(0, 9_000), Trouble::SecondCampaign));
        }
        if d.per_mille(120) {
            troubles.push((FROM_MS + d.range(0, span_ms), Trouble::AccountEvent));
        }
        // The hours of a run begin or end at 00:01: it is to send before and after.
        let begins_ms = if rules.has_hours() { 50_000 - d.range(0, span_ms / 2 + 1).min(30_000) } else { 0 };
        for (at, _) in &mut troubles {
            *at += begins_ms;
        }
        troubles.sort_by_key(|(at, _)| *at);
        Self {
            people,
            twins,
            marketing,
            // With a stream of messages that come in, Meta's own level is what counts.
            rate: (inbound_per_second == 0).then_some(rate),
            numbers,
            rules,
            begins_ms,
            inbound_per_second,
            tier,
            send_trouble,
            webhook_trouble,
            troubles,
        }
    }
}

const SENDER_POINTS: &[Point] = &[
    Point::ClaimCommitted,
    Point::LookTaken,
    Point::WireStarted,
    Point::AnswerReceived,
    Point::RecordCommitted,
    Point::PullCommitted,
    Point::PullAcked,
];

fn trouble(d: &mut Dice, people: usize, twins: usize) -> Trouble {
    let human = d.index(people);
    let for_ms = d.range(200, 20_000);
    let away_ms = d.pick(&[50, 700, 5_000, 130_000, 3_600_000]);
    match d.range(0, 31) {
        0..=4 => Trouble::DeathAt { point: d.pick(SENDER_POINTS), hit: u64::try_from(d.range(1, 9)).unwrap(), away_ms },
        5 => Trouble::Death { away_ms },
        6 => Trouble::SecondStart,
        7 => Trouble::DiskFull { for_ms },
        8 | 9 => Trouble::Throttle { code: d.pick(&[130_429, 131_056, 80_007, 4, 131_057, 133_004, 131_048]), for_ms },
        10 => Trouble::NoNetwork { for_ms },
        11 => Trouble::ServerErrors { for_ms: for_ms / 4 },
        12 => Trouble::TokenRevoked,
        13 => Trouble::TemplatePaused { by_webhook: d.per_mille(500) },
        14 => Trouble::NumberRestricted,
        15 => Trouble::RelayAway { for_ms: d.pick(&[2_000, 30_000, 400_000]) },
        16 => Trouble::Suspend { for_ms: d.pick(&[3_000, 90_000, 7_200_000]) },
        17 | 18 => Trouble::WallClock {
            off_by_ms: d.pick(&[-86_400_000, -3_600_000, -20_000, 0, 20_000, 3_600_000, 90_000_000]),
        },
        19 | 20 => Trouble::Stop { human },
        21 => Trouble::OptOut { human, by_cli: d.per_mille(400) },
        22 | 23 => Trouble::OptOutAt {
            human,
            point: d.pick(&[Point::ClaimCommitted, Point::LookTaken, Point::RecordCommitted]),
            hit: u64::try_from(d.range(1, 6)).unwrap(),
        },
        24 => Trouble::PreferenceStop { human },
        25 => Trouble::Writes { human, reply: d.per_mille(600) },
        26 | 27 => Trouble::Link { human: if twins > 0 { d.index(twins) } else { human } },
        28 => Trouble::PauseAndResume { after_ms: for_ms },
        29 => {
            if d.per_mille(300) {
                Trouble::Cancel
            } else {
                Trouble::SecondCampaign
            }
        }
        _ => Trouble::Single { human },
    }
}

impl Trouble {
    /// What the summary counts it under.
    pub const fn kind(self) -> &'static str {
        match self {
            Self::Death { .. } => "death",
            Self::DeathAt { .. } => "death_at_point",
            Self::SecondStart => "two_starts",
            Self::DiskFull { .. } => "disk_full",
            Self::Throttle { .. } => "throttle_storm",
            Self::NoNetwork { .. } => "no_network",
            Self::ServerErrors { .. } => "server_errors",
            Self::TokenRevoked => "token_revoked",
            Self::TemplatePaused { .. } => "template_paused",
            Self::NumberRestricted => "number_restricted",
            Self::AccountEvent => "account_disabled",
            Self::RelayAway { .. } => "relay_away",
            Self::Suspend { .. } => "suspend",
            Self::WallClock { .. } => "clock_jump",
            Self::Stop { .. } => "stop_by_webhook",
            Self::OptOut { .. } => "opt_out_by_operator",
            Self::OptOutAt { .. } => "opt_out_in_a_step",
            Self::PreferenceStop { .. } => "preference_stop",
            Self::Writes { .. } => "person_writes",
            Self::Link { .. } => "entries_merged",
            Self::PauseAndResume { .. } => "pause_and_resume",
            Self::Cancel => "cancel",
            Self::SecondCampaign => "second_campaign",
            Self::Single { .. } => "single_send",
        }
    }
}
