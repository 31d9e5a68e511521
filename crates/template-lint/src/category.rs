//! What Meta would see in the text: promotion, an order, a one-time code (templates.md §5).

use switchboard_domain::text_fold::fold;

use crate::findings::{Findings, Rule};
use crate::text::outside_braces;
use crate::view::{Kind, View};
use crate::words::{ABUSE, CODE, GREETINGS, PROMOTION, SECRETS, TRANSACTION, contains};

pub(crate) fn check(view: &View<'_>, findings: &mut Findings) {
    let words = fold(&view.words());
    let promotes = promotion(view, &words);
    if let Some(found) = contains(&words, &CODE) {
        findings.add(
            Rule::OneTimeCode,
            "body",
            format!("\"{found}\": one-time codes may only be sent by authentication templates."),
        );
    }
    if let Some(found) = contains(&words, &SECRETS) {
        findings.add(
            Rule::AsksForSecrets,
            "body",
            format!("\"{found}\": a message may not ask for whole card, account or identity numbers. The last four digits are fine."),
        );
    }
    if let Some(found) = contains(&words, &ABUSE) {
        findings.add(Rule::Abusive, "body", format!("\"{found}\" reads like a threat or a fraud. Review refuses it."));
    }
    let transaction = contains(&words, &TRANSACTION);
    if view.category == "UTILITY" {
        match (promotes, transaction) {
            (Some(found), _) => findings.add(
                Rule::UtilityPromotes,
                "category",
                format!("\"{found}\" is promotion. Meta will make this a marketing template, at the price of marketing: take it out, or ask for MARKETING."),
            ),
            (None, None) if view.cards.is_none() => findings.add(
                Rule::UtilityVague,
                "category",
                "Nothing here says what the person ordered, booked or asked for. Utility needs that; otherwise Meta makes it marketing.",
            ),
            _ => {}
        }
    } else if view.category == "MARKETING"
        && promotes.is_none()
        && view.cards.is_none()
        && view.offer.is_none()
        && transaction.is_some_and(|found| found.split(' ').count() > 1)
    {
        findings.add(
            Rule::MarketingCouldBeUtility,
            "category",
            "This reads like news about an order or a booking. As UTILITY it costs less and reaches people who stopped marketing.",
        );
    }
    unclear(view, findings);
}

/// The word that promotes, if one does.
fn promotion(view: &View<'_>, folded: &str) -> Option<String> {
    contains(folded, &PROMOTION).map(str::to_owned).or_else(|| {
        // A percentage beside a word of saving in any of the languages is caught by the list; a bare "-20 %" is not.
        let text = view.words();
        let sign = text.char_indices().find(|(_, c)| *c == '%')?.0;
        let before = text.get(..sign)?.trim_end();
        let digits: String = before.chars().rev().take_while(char::is_ascii_digit).collect();
        let rest = before.get(..before.len().checked_sub(digits.len())?)?;
        (!digits.is_empty() && rest.trim_end().ends_with(['-', '–', '−'])).then(|| String::from("-%"))
    })
}

/// A body of variables and greetings alone says nothing.
fn unclear(view: &View<'_>, findings: &mut Findings) {
    if view.cards.is_some() || view.text_of(Kind::Body).is_empty() {
        return;
    }
    let plain = fold(&outside_braces(view.text_of(Kind::Body)));
    let says = plain.split(' ').filter(|word| !word.is_empty() && !GREETINGS.contains(word)).count();
    if says < 2 {
        findings.add(
            Rule::Unclear,
            "body",
            "The text says nothing by itself. Review cannot judge it and takes it for marketing, or refuses it.",
        );
    }
}
