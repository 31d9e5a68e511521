//! A quick yes for the plain case: a number that is E.164 already and stands in its country's plan.
//!
//! libphonenumber's reading of one number costs more than everything else about a row of a list. Most rows need
//! none of what it can do beyond looking the digits up, so that is done here with the same metadata, compiled once
//! for each country. Everything that is not certain (national prefixes, leading zeros, what the plan does not know)
//! is left to the library; a property test holds the two against each other.

use std::sync::OnceLock;

use phonenumber::metadata::{DATABASE, Descriptor, Metadata};
use regex::{Regex, RegexBuilder};

use super::Region;

/// Digits of the longest country code.
const LONGEST_CODE: usize = 3;
/// Shortest and longest national numbers that are judged here.
const NATIONAL_DIGITS: std::ops::RangeInclusive<usize> = 4..=14;

/// By country code; what is empty was never asked for.
static PLANS: [OnceLock<Option<Vec<RegionPlan>>>; 1_000] = [const { OnceLock::new() }; 1_000];

/// Whether the text is the E.164 form of a valid number. `false` means nothing but "ask the library".
pub(super) fn is_surely_valid(e164: &str) -> bool {
    let Some(digits) = e164.strip_prefix('+') else { return false };
    if digits.starts_with('0') || !digits.bytes().all(|b| b.is_ascii_digit()) {
        return false;
    }
    // Country codes are free of prefixes of each other: the first that exists is the one.
    for length in 1..=LONGEST_CODE {
        let Some((code, national)) = digits.split_at_checked(length) else { return false };
        let Some(plan) = code.parse().ok().and_then(plan_of) else { continue };
        return !national.starts_with('0') && NATIONAL_DIGITS.contains(&national.len()) && takes(plan, national);
    }
    false
}

/// Whether the text is the E.164 form of no valid number. `false` means nothing but "ask the library".
pub(super) fn is_surely_invalid(e164: &str) -> bool {
    let Some(digits) = e164.strip_prefix('+') else { return false };
    if digits.starts_with('0') || !digits.bytes().all(|b| b.is_ascii_digit()) {
        return false;
    }
    for length in 1..=LONGEST_CODE {
        let Some((code, national)) = digits.split_at_checked(length) else { return false };
        let Some(plan) = code.parse().ok().and_then(plan_of) else { continue };
        return !plan.is_empty()
            && !national.starts_with('0')
            && NATIONAL_DIGITS.contains(&national.len())
            && plan.iter().all(|r| !r.may_lose_a_prefix(national) && !r.general.fits(national));
    }
    false
}

/// The E.164 form of a number as it is dialled within a country, where that is certain. `None` means nothing but "ask
/// the library".
pub(super) fn surely_national(digits: &str, region: Region) -> Option<String> {
    let letter = |at: usize| region.as_str().as_bytes().get(at).map(|b| usize::from(b.wrapping_sub(b'A')));
    let place = letter(0)?.checked_mul(26)?.checked_add(letter(1)?)?;
    let within = NATIONAL.get(place)?.get_or_init(|| Within::of(region)).as_ref()?;
    // What begins with the code of the country, or with the way abroad, may be the whole number.
    let abroad = within.abroad.as_ref().is_some_and(|p| p.is_match(digits));
    if abroad || !digits.bytes().all(|b| b.is_ascii_digit()) || digits.starts_with(&within.code) {
        return None;
    }
    let national = match digits.strip_prefix(within.prefix.as_str()).filter(|_| !within.prefix.is_empty()) {
        Some(rest) if !within.plan.general.fits(digits) => rest,
        Some(_) => return None,
        None => digits,
    };
    let e164 = format!("+{}{national}", within.code);
    (within.plan.knows(national) && is_surely_valid(&e164)).then_some(e164)
}

/// By the two letters of a country; what is empty was never asked for.
static NATIONAL: [OnceLock<Option<Within>>; 26 * 26] = [const { OnceLock::new() }; 26 * 26];

/// How numbers are dialled within a country, for countries in which that is a fixed prefix or none.
struct Within {
    code: String,
    prefix: String,
    /// What is dialled before numbers of other countries.
    abroad: Option<Regex>,
    plan: RegionPlan,
}

impl Within {
    fn of(region: Region) -> Option<Self> {
        let meta = DATABASE.by_id(region.as_str())?;
        let prefix = meta.national_prefix().unwrap_or_default();
        let parsing = meta.national_prefix_for_parsing().map(|p| p.as_str().to_owned());
        let plain = parsing.is_none_or(|p| p == prefix || p == format!("^(?:{prefix})"));
        (plain && meta.national_prefix_transform_rule().is_none()).then_some(())?;
        let abroad = meta.international_prefix().map(|p| at_start(p.as_str())).transpose().ok()?;
        Some(Self {
            code: meta.country_code().to_string(),
            prefix: prefix.to_owned(),
            abroad,
            plan: RegionPlan::of(meta)?,
        })
    }
}

fn plan_of(code: u16) -> Option<&'static [RegionPlan]> {
    PLANS.get(usize::from(code))?.get_or_init(|| compile(code)).as_deref()
}

/// What the metadata calls the codes of no country (satellites, international freephone). Nine codes share this one
/// name, so that a look-up by it does not say whose plan it answers with.
const NO_COUNTRY: &str = "001";

/// The regions of a country code in the library's order; `None` if there is no such code. An empty plan takes nothing.
fn compile(code: u16) -> Option<Vec<RegionPlan>> {
    let regions = DATABASE.region(&code)?;
    if regions.contains(&NO_COUNTRY) {
        return Some(Vec::new());
    }
    let plans = regions.iter().map(|id| DATABASE.by_id(*id).and_then(RegionPlan::of)).collect::<Option<Vec<_>>>();
    Some(plans.unwrap_or_default())
}

fn takes(plan: &[RegionPlan], national: &str) -> bool {
    // The library takes the only region, or the first whose leading digits or kinds of numbers fit.
    let region = match plan {
        [only] => Some(only),
        all => all.iter().find(|region| match &region.leading_digits {
            Some(leading) => leading.is_match(national),
            None => region.knows(national),
        }),
    };
    region.is_some_and(|r| !r.may_lose_a_prefix(national) && r.knows(national))
}

struct RegionPlan {
    leading_digits: Option<Regex>,
    national_prefix: Option<String>,
    prefix_for_parsing: Option<Regex>,
    general: Shape,
    kinds: Vec<Shape>,
}

impl RegionPlan {
    fn of(meta: &Metadata) -> Option<Self> {
        let d = meta.descriptors();
        let kinds = [
            d.mobile(),
            d.fixed_line(),
            d.voip(),
            d.toll_free(),
            d.personal_number(),
            d.shared_cost(),
            d.uan(),
            d.pager(),
            d.premium_rate(),
            d.voicemail(),
        ];
        Some(Self {
            leading_digits: meta.leading_digits().map(|p| at_start(p.as_str())).transpose().ok()?,
            national_prefix: meta.national_prefix().map(str::to_owned),
            prefix_for_parsing: meta.national_prefix_for_parsing().map(|p| at_start(p.as_str())).transpose().ok()?,
            general: Shape::of(d.general())?,
            kinds: kinds.into_iter().flatten().map(Shape::of).collect::<Option<_>>()?,
        })
    }

    /// Whether the number is of a kind that this region knows.
    fn knows(&self, national: &str) -> bool {
        self.general.fits(national) && self.kinds.iter().any(|k| k.fits(national))
    }

    /// Whether the library might read the first digits as a prefix that is dialled within the country.
    fn may_lose_a_prefix(&self, national: &str) -> bool {
        self.national_prefix.as_ref().is_some_and(|p| national.starts_with(p.as_str()))
            || self.prefix_for_parsing.as_ref().is_some_and(|p| p.is_match(national))
    }
}

/// Lengths and first digits of one kind of number.
struct Shape {
    lengths: Vec<u16>,
    digits: Regex,
}

impl Shape {
    fn of(descriptor: &Descriptor) -> Option<Self> {
        let lengths = descriptor.possible_length().to_vec();
        Some(Self { lengths, digits: at_start(descriptor.national_number().as_str()).ok()? })
    }

    fn fits(&self, national: &str) -> bool {
        (self.lengths.is_empty() || self.lengths.iter().any(|l| usize::from(*l) == national.len()))
            && self.digits.is_match(national)
    }
}

fn at_start(pattern: &str) -> Result<Regex, regex::Error> {
    // Only ASCII digits come here, so that Unicode's tables would be weight alone.
    RegexBuilder::new(&format!("^(?:{pattern})")).ignore_whitespace(true).unicode(false).build()
}
