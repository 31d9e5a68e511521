//! The limits of interactive messages (messages.md §6, §7, §13), one function per kind of action.

use super::interactive::{
    Action, AddressAction, ButtonsAction, CallPermissionAction, CardAction, CarouselAction, CarouselCard,
    CatalogAction, CtaUrlAction, FlowAction, Header, Interactive, ListAction, LocationRequestAction, Parts,
    ProductAction, ProductListAction, RequestContactAction, VoiceCallAction,
};
use crate::limits::{LimitError, all_different, at_most_chars, count_within, some_chars};

impl Interactive {
    pub(super) fn check(&self) -> Result<(), LimitError> {
        let checked = match self {
            Self::Button(p) => p.check(HeaderRule::Any, 1024, true, true),
            Self::List(p) => p.check(HeaderRule::TextOnly, 4096, true, true),
            Self::CtaUrl(p) => p.check(HeaderRule::Any, 1024, true, true),
            Self::LocationRequestMessage(p) => p.check(HeaderRule::None, 1024, true, false),
            Self::RequestContactInfo(p) => p.check(HeaderRule::None, 1024, true, false),
            Self::AddressMessage(p) => p.check(HeaderRule::Any, 1024, true, true),
            Self::Flow(p) => p.check(HeaderRule::Any, 1024, true, true),
            Self::Product(p) => p.check(HeaderRule::None, 1024, false, true),
            Self::ProductList(p) => p.check(HeaderRule::TextRequired, 1024, true, true),
            Self::CatalogMessage(p) => p.check(HeaderRule::None, 1024, true, true),
            Self::Carousel(p) => p.check(HeaderRule::None, 1024, true, false),
            Self::VoiceCall(p) => p.check(HeaderRule::None, 1024, true, false),
            Self::CallPermissionRequest(p) => p.check(HeaderRule::None, 1024, false, false),
        };
        checked.map_err(|e| e.under("interactive"))
    }
}

#[derive(Clone, Copy, PartialEq)]
enum HeaderRule {
    None,
    Any,
    TextOnly,
    TextRequired,
}

impl<A: Action> Parts<A> {
    fn check(&self, header: HeaderRule, body_max: usize, body_required: bool, footer: bool) -> Result<(), LimitError> {
        match (header, &self.header) {
            (HeaderRule::None, Some(_)) => return Err(LimitError::new("header", "is not allowed for this kind")),
            (HeaderRule::TextRequired, None) => return Err(LimitError::new("header", "is required for this kind")),
            (HeaderRule::TextOnly | HeaderRule::TextRequired, Some(h)) if !matches!(h, Header::Text { .. }) => {
                return Err(LimitError::new("header", "must be a text for this kind"));
            }
            _ => {}
        }
        match &self.header {
            Some(Header::Text { text }) => some_chars("header.text", text.expose(), 60)?,
            Some(Header::Image { image }) => image.check("image").map_err(|e| e.under("header"))?,
            Some(Header::Video { video }) => video.check("video").map_err(|e| e.under("header"))?,
            Some(Header::Document { document }) => document.check("document").map_err(|e| e.under("header"))?,
            None => {}
        }
        match &self.body {
            Some(body) => some_chars("body.text", body.text.expose(), body_max)?,
            None if body_required => return Err(LimitError::new("body", "is required for this kind")),
            None => {}
        }
        match &self.footer {
            Some(_) if !footer => return Err(LimitError::new("footer", "is not allowed for this kind")),
            Some(footer) => some_chars("footer.text", footer.text.expose(), 60)?,
            None => {}
        }
        self.action.check().map_err(|e| e.under("action"))
    }
}

impl Action for ButtonsAction {
    fn check(&self) -> Result<(), LimitError> {
        count_within("buttons", self.buttons.len(), 1, 3)?;
        for b in &self.buttons {
            some_chars("buttons.reply.id", &b.reply.id, 256)?;
            some_chars("buttons.reply.title", b.reply.title.expose(), 20)?;
        }
        all_different("buttons.reply.id", self.buttons.iter().map(|b| b.reply.id.as_str()))?;
        all_different("buttons.reply.title", self.buttons.iter().map(|b| b.reply.title.expose()))
    }
}

impl Action for ListAction {
    fn check(&self) -> Result<(), LimitError> {
        some_chars("button", self.button.expose(), 20)?;
        count_within("sections", self.sections.len(), 1, 10)?;
        let rows = || self.sections.iter().flat_map(|s| &s.rows);
        count_within("sections.rows", rows().count(), 1, 10)?;
        for s in &self.sections {
            match &s.title {
                Some(title) => some_chars("sections.title", title.expose(), 24)?,
                None if self.sections.len() > 1 => {
                    return Err(LimitError::new("sections.title", "is required when there is more than one section"));
                }
                None => {}
            }
        }
        for r in rows() {
            some_chars("sections.rows.id", &r.id, 200)?;
            some_chars("sections.rows.title", r.title.expose(), 24)?;
            if let Some(d) = &r.description {
                at_most_chars("sections.rows.description", d.expose(), 72)?;
            }
        }
        all_different("sections.rows.id", rows().map(|r| r.id.as_str()))
    }
}

impl Action for CtaUrlAction {
    fn check(&self) -> Result<(), LimitError> {
        some_chars("parameters.display_text", self.parameters.display_text.expose(), 20)?;
        some_chars("parameters.url", self.parameters.url.expose(), 2000)
    }
}

impl Action for AddressAction {
    fn check(&self) -> Result<(), LimitError> {
        if self.parameters.country != "IN" {
            return Err(LimitError::new("parameters.country", "must be IN; address forms exist for India only"));
        }
        Ok(())
    }
}

impl Action for FlowAction {
    fn check(&self) -> Result<(), LimitError> {
        let p = &self.parameters;
        some_chars("parameters.flow_cta", p.flow_cta.expose(), 30)?;
        if p.flow_id.is_some() == p.flow_name.is_some() {
            return Err(LimitError::new("parameters.flow_id", "or flow_name must be given, and not both"));
        }
        if p.flow_action.as_deref() == Some("navigate") && p.flow_action_payload.is_none() {
            return Err(LimitError::new("parameters.flow_action_payload.screen", "is required for navigate"));
        }
        Ok(())
    }
}

impl Action for ProductAction {
    fn check(&self) -> Result<(), LimitError> {
        some_chars("catalog_id", &self.catalog_id, 128)?;
        some_chars("product_retailer_id", &self.product_retailer_id, 256)
    }
}

impl Action for ProductListAction {
    fn check(&self) -> Result<(), LimitError> {
        some_chars("catalog_id", &self.catalog_id, 128)?;
        count_within("sections", self.sections.len(), 1, 10)?;
        for s in &self.sections {
            match &s.title {
                Some(title) => some_chars("sections.title", title.expose(), 24)?,
                None if self.sections.len() > 1 => {
                    return Err(LimitError::new("sections.title", "is required when there is more than one section"));
                }
                None => {}
            }
        }
        count_within("sections.product_items", self.sections.iter().map(|s| s.product_items.len()).sum(), 1, 30)
    }
}

impl Action for CatalogAction {
    fn check(&self) -> Result<(), LimitError> {
        Ok(())
    }
}

impl Action for CarouselAction {
    fn check(&self) -> Result<(), LimitError> {
        count_within("cards", self.cards.len(), 2, 10)?;
        let shape = |c: &CarouselCard| match &c.action {
            CardAction::Link(_) => (0, 1),
            CardAction::Product(_) => (1, 1),
            CardAction::Replies { buttons } => (2, buttons.len()),
        };
        let first = self.cards.first().map(shape);
        for (at, card) in self.cards.iter().enumerate() {
            if usize::from(card.card_index) != at {
                return Err(LimitError::new("cards.card_index", "must count from 0 in order"));
            }
            if Some(shape(card)) != first {
                return Err(LimitError::new(
                    "cards.action",
                    "must have the same kind and number of buttons on all cards",
                ));
            }
            card.check()?;
        }
        Ok(())
    }
}

impl CarouselCard {
    fn check(&self) -> Result<(), LimitError> {
        match &self.action {
            CardAction::Product(p) => {
                if self.kind != "product" || self.header.is_some() || self.body.is_some() {
                    return Err(LimitError::new("cards", "with a product have the type product and no header or body"));
                }
                return p.check().map_err(|e| e.under("cards.action"));
            }
            CardAction::Link(link) => link.check().map_err(|e| e.under("cards.action"))?,
            CardAction::Replies { buttons } => {
                count_within("cards.action.buttons", buttons.len(), 1, 3)?;
                for b in buttons {
                    some_chars("cards.action.buttons.quick_reply.id", &b.quick_reply.id, 20)?;
                    some_chars("cards.action.buttons.quick_reply.title", b.quick_reply.title.expose(), 20)?;
                }
            }
        }
        if self.kind != "cta_url" {
            return Err(LimitError::new("cards.type", "must be cta_url or product"));
        }
        match &self.header {
            Some(Header::Image { image }) => image.check("image").map_err(|e| e.under("cards.header"))?,
            Some(Header::Video { video }) => video.check("video").map_err(|e| e.under("cards.header"))?,
            _ => return Err(LimitError::new("cards.header", "must be an image or a video")),
        }
        if let Some(body) = &self.body {
            at_most_chars("cards.body.text", body.text.expose(), 160)?;
            if body.text.expose().matches('\n').count() > 2 {
                return Err(LimitError::new("cards.body.text", "has more than two line breaks"));
            }
        }
        Ok(())
    }
}

impl Action for VoiceCallAction {
    fn check(&self) -> Result<(), LimitError> {
        let Some(p) = &self.parameters else { return Ok(()) };
        if let Some(text) = &p.display_text {
            some_chars("parameters.display_text", text.expose(), 20)?;
        }
        if let Some(payload) = &p.payload {
            at_most_chars("parameters.payload", payload.expose(), 512)?;
        }
        match p.ttl_minutes {
            None | Some(1..=43_200) => Ok(()),
            Some(_) => Err(LimitError::new("parameters.ttl_minutes", "must be 1 to 43200")),
        }
    }
}

macro_rules! nothing_to_check {
    ($($t:ty),+) => {$(impl Action for $t { fn check(&self) -> Result<(), LimitError> { Ok(()) } })+};
}
nothing_to_check!(LocationRequestAction, RequestContactAction, CallPermissionAction);
