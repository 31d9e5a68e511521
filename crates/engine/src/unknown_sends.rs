//! The page of sends whose outcome is unknown (P3): what is known of each, and the operator's decision. A status with
//! the attempt's id settles each of them by itself ([`crate::sender::settle_status`]), before and after a decision.

use switchboard_bridge::dto::{
    UnknownDecision, UnknownFilter, UnknownListRequest, UnknownPage, UnknownSend as UnknownSendDto, UnknownSettle,
    UnknownSettled,
};
use switchboard_bridge::{UiError, UiErrorCode};
use switchboard_domain::ids::OutboxId;
use switchboard_domain::time::UnixMillis;
use switchboard_store::Priority;
use switchboard_store::tables::unknown::{self, Decision, UnknownSend, Which};

use crate::sender::UNRESOLVED_AFTER;
use crate::{Console, EngineError, campaigns};

/// Rows in a page at most.
const PAGE: u32 = 200;
/// Messages decided at once at most: one short transaction.
const DECIDED_AT_ONCE: usize = 1000;

/// Lists them, oldest first.
///
/// # Errors
/// [`UiErrorCode::NotFound`] for a campaign that is none.
pub async fn list(console: &Console, request: UnknownListRequest) -> Result<UnknownPage, UiError> {
    let campaign = request.campaign_id.as_deref().map(campaigns::parse_id).transpose()?;
    let which = match request.filter {
        UnknownFilter::Open => Which::Open,
        UnknownFilter::Decided => Which::Decided,
    };
    let relay = crate::relay_pull::status(console).await?;
    let now = console.clock().now();
    let page = console
        .store()
        .read(move |c| {
            let open = unknown::total(c, Which::Open, campaign)?;
            let decided = unknown::total(c, Which::Decided, campaign)?;
            let rows = unknown::list(c, which, campaign, request.offset, request.limit.min(PAGE))?;
            Ok::<_, EngineError>(UnknownPage {
                rows: rows.into_iter().map(|row| dto(row, now)).collect(),
                total: if which == Which::Open { open } else { decided },
                open,
                decided,
                relay_heard_at_ms: relay.last_heard_at_ms,
                relay_behind: relay.behind,
            })
        })
        .await?;
    Ok(page)
}

fn dto(send: UnknownSend, now: UnixMillis) -> UnknownSendDto {
    let waits_until = send.noticed_at.unwrap_or(send.attempted_at).plus(UNRESOLVED_AFTER);
    let (campaign_id, campaign_name) = send.campaign.map(|(id, name)| (id.to_string(), name)).unzip();
    UnknownSendDto {
        id: send.outbox_id.to_string(),
        contact_id: send.contact_id.to_string(),
        name: send.name,
        address: send.address,
        campaign_id,
        campaign_name,
        template: send.template,
        kind: send.kind,
        tries: send.tries,
        attempted_at_ms: send.attempted_at.as_ms(),
        noticed_at_ms: send.noticed_at.map(UnixMillis::as_ms),
        unresolved: waits_until <= now || send.reason_code.as_deref() == Some("unresolved"),
        cause: send.reason_code.unwrap_or_default(),
        detail: send.detail.unwrap_or_default(),
        graph_code: send.graph_code,
        person_wrote_at_ms: send.wrote_at.map(UnixMillis::as_ms),
        other_reached_at_ms: send.other_reached_at.map(UnixMillis::as_ms),
        waits_until_at_ms: waits_until.as_ms(),
        decision: send.decision.map(|(decision, _)| match decision {
            Decision::Leave => UnknownDecision::Leave,
            Decision::NotSent => UnknownDecision::NotSent,
        }),
        decided_at_ms: send.decision.map(|(_, at)| at.as_ms()),
    }
}

/// Decides about some of them. A send that is no longer unknown is passed over, so that a status which came while the
/// operator was reading wins.
///
/// # Errors
/// [`UiErrorCode::InvalidInput`] for an id that is none, and for more than 1,000 at once.
pub async fn settle(console: &Console, request: UnknownSettle) -> Result<UnknownSettled, UiError> {
    if request.ids.len() > DECIDED_AT_ONCE {
        return Err(UiError::new(
            UiErrorCode::InvalidInput,
            format!("{} messages are too many at once.", request.ids.len()),
            "Decide about at most 1,000 at a time.",
        ));
    }
    let ids = request.ids.iter().map(|id| OutboxId::parse(id)).collect::<Result<Vec<_>, _>>().map_err(|_| {
        UiError::new(UiErrorCode::InvalidInput, "One of the messages does not exist.", "Choose them from the list.")
    })?;
    let decision = request.decision;
    let settled = console
        .store()
        .write(Priority::Outcome, move |tx| {
            let mut settled = UnknownSettled { settled: 0, passed_over: 0 };
            for id in ids {
                let done = match decision {
                    UnknownDecision::Leave => unknown::decide(tx, id, Decision::Leave)?,
                    UnknownDecision::NotSent => unknown::decide(tx, id, Decision::NotSent)?,
                    UnknownDecision::TakeBack => unknown::take_back(tx, id)?,
                };
                if done { settled.settled += 1 } else { settled.passed_over += 1 }
            }
            Ok::<_, EngineError>(settled)
        })
        .await?;
    Ok(settled)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]

    use std::time::Duration;

    use switchboard_cloud_api::webhooks::{MessageStatus, StatusKind};
    use switchboard_domain::ids::WaMessageId;
    use switchboard_domain::send::OutboxState;
    use switchboard_store::tables::unknown as table;

    use super::*;
    use crate::sender::rig::Rig;
    use crate::sender::{name_unresolved, settle_status};

    fn asked(filter: UnknownFilter) -> UnknownListRequest {
        UnknownListRequest { filter, campaign_id: None, offset: 0, limit: 50 }
    }

    /// One person of a campaign to whom Meta's answer could not be read.
    async fn one_unknown(rig: &Rig) -> (switchboard_domain::ids::CampaignId, switchboard_domain::ids::ContactId) {
        let people = rig.people(1).await;
        *rig.meta.default_answer.lock().unwrap() = Some((200, "<html>".to_owned()));
        let id = rig.launched().await;
        let mut sender = rig.sender().await;
        rig.drive(&mut sender).await;
        (id, people[0])
    }

    #[tokio::test]
    async fn an_unknown_send_stands_in_the_list_with_its_evidence_and_is_named_unresolved_after_8_days() {
        let rig = Rig::new().await;
        let (campaign, who) = one_unknown(&rig).await;
        let page = list(&rig.console, asked(UnknownFilter::Open)).await.unwrap();
        let row = &page.rows[0];
        assert_eq!((page.open, page.decided), (1, 0));
        assert_eq!(row.contact_id, who.to_string());
        assert_eq!(row.campaign_id.as_deref(), Some(campaign.to_string().as_str()));
        assert_eq!((row.cause.as_str(), row.unresolved), ("unreadable_answer", false));
        rig.advance(Duration::from_secs(8 * 86_400 + 60));
        rig.write(name_unresolved).await;
        let page = list(&rig.console, asked(UnknownFilter::Open)).await.unwrap();
        assert!(page.rows[0].unresolved);
    }

    #[tokio::test]
    async fn treated_as_not_sent_nothing_leaves_and_a_late_status_still_tells_the_truth() {
        let rig = Rig::new().await;
        let (campaign, who) = one_unknown(&rig).await;
        let row = rig.row_of(campaign, who).await;
        let requests = rig.meta.requests.load(std::sync::atomic::Ordering::SeqCst);
        let id = row.outbox_id.to_string();
        let decide =
            async |decision| settle(&rig.console, UnknownSettle { ids: vec![id.clone()], decision }).await.unwrap();
        assert_eq!(decide(UnknownDecision::NotSent).await.settled, 1);
        assert_eq!(decide(UnknownDecision::NotSent).await.passed_over, 1);
        let mut sender = rig.sender().await;
        rig.drive(&mut sender).await;
        assert_eq!(rig.meta.requests.load(std::sync::atomic::Ordering::SeqCst), requests, "nothing is sent again");
        assert_eq!(rig.counts(campaign).await.cancelled, 1);

        let ledger = rig.ledger();
        let status = MessageStatus {
            id: WaMessageId::new("wamid.late"),
            status: StatusKind::Delivered,
            at: Some(UnixMillis::new(1_795_305_900_000)),
            recipient: Default::default(),
            group_id: None,
            participant: Default::default(),
            callback_data: row.last_attempt_id.map(|a| a.to_string()),
            pricing: None,
            conversation: None,
            identity_key_hash: None,
            errors: Vec::new(),
            kind: None,
            contact: None,
        };
        rig.write(move |tx| settle_status(tx, &ledger, &status)).await;
        let row = rig.row_of(campaign, who).await;
        assert_eq!((row.state, row.delivery_rank), (OutboxState::Accepted, 2));
        let left = rig.read(|c| Ok(table::total(c, Which::Open, None)? + table::total(c, Which::Decided, None)?)).await;
        assert_eq!(left, 0);
    }

    #[tokio::test]
    async fn what_was_left_no_longer_asks_on_today_and_can_be_taken_back() {
        let rig = Rig::new().await;
        let (campaign, who) = one_unknown(&rig).await;
        let id = rig.row_of(campaign, who).await.outbox_id.to_string();
        let asks = async || {
            let today = crate::today::today(&rig.console).await.unwrap();
            today.items.iter().any(|item| item.kind == "unknown_sends")
        };
        assert!(asks().await);
        let decide = async |decision| {
            settle(&rig.console, UnknownSettle { ids: vec![id.clone()], decision }).await.unwrap();
        };
        decide(UnknownDecision::Leave).await;
        assert!(!asks().await);
        assert_eq!(rig.counts(campaign).await.unknown, 1, "it is still unknown");
        decide(UnknownDecision::TakeBack).await;
        assert!(asks().await);
    }
}
