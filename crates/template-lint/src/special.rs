//! Offers that end, carousels, products and coupons: templates with rules of their own (templates.md §4).

use crate::findings::{Findings, Rule};
use crate::view::{Card, Kind, View, word};

const OFFER_CHARS: usize = 16;
const OFFER_CODE_CHARS: usize = 15;

pub(crate) fn check(view: &View<'_>, findings: &mut Findings) {
    let marketing = view.category == "MARKETING";
    if view.offer.is_some() {
        if !marketing {
            findings.add(Rule::MarketingOnly, "limited_time_offer", "Limited-time offers are for marketing templates.");
        }
        offer(view, findings);
    }
    if let Some(cards) = &view.cards {
        if !marketing {
            findings.add(Rule::MarketingOnly, "cards", "Carousels are for marketing templates.");
        }
        carousel(cards, findings);
    }
    let has = |kind: &str| view.part(Kind::Buttons).is_some_and(|part| part.buttons().iter().any(|b| b.kind == kind));
    let header = view.part(Kind::Header).map(|part| part.format()).unwrap_or_default();
    if has("MPM") && header != "TEXT" {
        findings.add(Rule::Product, "header", "A list of products needs a header of text.");
    }
    if (header == "PRODUCT") != has("SPM") && view.cards.is_none() {
        findings.add(Rule::Product, "header", "A product header and a product button (SPM) go together.");
    }
    if header == "GIF" && !marketing {
        findings.add(
            Rule::MarketingOnly,
            "header",
            "Moving pictures are for marketing templates, by the Marketing Messages API.",
        );
    }
}

fn offer(view: &View<'_>, findings: &mut Findings) {
    let text = view.offer.and_then(|offer| word(offer, "text")).unwrap_or_default();
    let chars = text.chars().count();
    let mut say = |place: &str, message: String| findings.add(Rule::Offer, place, message);
    if chars == 0 || chars > OFFER_CHARS {
        say(
            "limited_time_offer",
            format!("The offer's own text has {chars} characters; 1 to {OFFER_CHARS} are allowed."),
        );
    }
    if view.part(Kind::Footer).is_some() {
        say("footer", String::from("A limited-time offer has no footer."));
    }
    if view.part(Kind::Header).is_some_and(|part| !matches!(part.format().as_str(), "IMAGE" | "VIDEO")) {
        say("header", String::from("The header of a limited-time offer is an image or a video."));
    }
    let buttons = view.part(Kind::Buttons).map(|part| part.buttons()).unwrap_or_default();
    let kinds: Vec<&str> = buttons.iter().map(|button| button.kind.as_str()).collect();
    if !matches!(kinds.as_slice(), ["COPY_CODE", "URL"] | ["URL"]) {
        say(
            "buttons",
            String::from(
                "The buttons of a limited-time offer are a web address, with a coupon before it if there is one.",
            ),
        );
    }
    if buttons
        .iter()
        .any(|b| b.kind == "COPY_CODE" && b.example().is_some_and(|code| code.chars().count() > OFFER_CODE_CHARS))
    {
        say("buttons", format!("The code of a limited-time offer has at most {OFFER_CODE_CHARS} characters."));
    }
}

fn carousel(cards: &[Card<'_>], findings: &mut Findings) {
    let mut say = |place: String, message: &str| findings.add(Rule::Carousel, place, message);
    if !(2..=10).contains(&cards.len()) {
        say(String::from("cards"), &format!("A carousel has 2 to 10 cards, this one has {}.", cards.len()));
    }
    let layout = |card: &Card<'_>| -> Vec<(u8, String)> {
        card.parts
            .iter()
            .flat_map(|part| match part.kind {
                Kind::Header => vec![(0, part.format())],
                Kind::Body => vec![(1, String::new())],
                Kind::Footer => vec![(2, String::new())],
                Kind::Buttons => part.buttons().into_iter().map(|button| (3, button.kind)).collect(),
            })
            .collect()
    };
    let first = cards.first().map(layout).unwrap_or_default();
    for (i, card) in cards.iter().enumerate() {
        let place = format!("cards[{i}]");
        let header = card.parts.iter().find(|part| part.kind == Kind::Header).map(|part| part.format());
        if !matches!(header.as_deref(), Some("IMAGE" | "VIDEO" | "PRODUCT")) {
            say(place.clone(), "Every card has an image, a video or a product at its top.");
        }
        let buttons =
            card.parts.iter().filter(|part| part.kind == Kind::Buttons).map(|part| part.buttons().len()).sum();
        if !(1..=2_usize).contains(&buttons) {
            say(place.clone(), "Every card has one or two buttons.");
        }
        if card.parts.iter().any(|part| part.kind == Kind::Footer) {
            say(place.clone(), "A card has no footer.");
        }
        if layout(card) != first {
            say(place, "All cards must have the same parts and the same kinds of buttons in the same order.");
        }
    }
}
