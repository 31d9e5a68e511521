//! Listing templates.

use serde_json::{Value, json};
use switchboard_cloud_api::templates::{self, TemplateFilter, TemplateStatus};
use switchboard_domain::ids::WabaId;
use wiremock::matchers::{path, query_param, query_param_is_missing};
use wiremock::{Mock, MockServer, ResponseTemplate};

use crate::support::client;

fn page(ids: &[u64], after: Option<&str>) -> Value {
    let data: Vec<_> = ids
        .iter()
        .map(|id| json!({"id": id, "name": format!("t{id}"), "language": "en_US", "status": "APPROVED", "category": "UTILITY"}))
        .collect();
    match after {
        Some(after) => json!({"data": data, "paging": {"cursors": {"after": after}, "next": "x"}}),
        None => json!({"data": data}),
    }
}

#[tokio::test]
async fn an_expired_cursor_restarts_the_walk_and_nothing_is_listed_twice() {
    let server = MockServer::start().await;
    Mock::given(path("/v26.0/2/message_templates"))
        .and(query_param_is_missing("after"))
        .respond_with(ResponseTemplate::new(200).set_body_json(page(&[1, 2], Some("C1"))))
        .expect(2)
        .mount(&server)
        .await;
    Mock::given(query_param("after", "C1"))
        .respond_with(ResponseTemplate::new(400).set_body_json(json!({"error": {"code": 131_059}})))
        .up_to_n_times(1)
        .mount(&server)
        .await;
    Mock::given(query_param("after", "C1"))
        .respond_with(ResponseTemplate::new(200).set_body_json(page(&[2, 3], None)))
        .mount(&server)
        .await;
    let list = templates::list(&client(&server.uri()), &WabaId::new("2"), &TemplateFilter::default()).await.unwrap();
    let names: Vec<_> = list.iter().map(|t| t.name.as_str()).collect();
    assert_eq!(names, ["t1", "t2", "t3"]);
    assert_eq!(list[0].status, Some(TemplateStatus::Approved));
}

#[tokio::test]
async fn a_cursor_that_leads_to_itself_ends_the_walk() {
    let server = MockServer::start().await;
    Mock::given(path("/v26.0/2/message_templates"))
        .respond_with(ResponseTemplate::new(200).set_body_json(page(&[1], Some("C1"))))
        .mount(&server)
        .await;
    let list = templates::list(&client(&server.uri()), &WabaId::new("2"), &TemplateFilter::default()).await.unwrap();
    assert_eq!(list.len(), 1);
}

#[tokio::test]
async fn a_list_that_keeps_changing_is_reported_in_the_end() {
    let server = MockServer::start().await;
    Mock::given(path("/v26.0/2/message_templates"))
        .respond_with(ResponseTemplate::new(400).set_body_json(json!({"error": {"code": 131_059}})))
        .expect(4)
        .mount(&server)
        .await;
    let e = templates::list(&client(&server.uri()), &WabaId::new("2"), &TemplateFilter::default()).await.unwrap_err();
    assert_eq!(e.graph().unwrap().code, 131_059);
}

#[tokio::test]
async fn filters_travel_as_documented() {
    let server = MockServer::start().await;
    Mock::given(path("/v26.0/2/message_templates"))
        .and(query_param("status", r#"["APPROVED","PAUSED"]"#))
        .and(query_param("name", "sale"))
        .respond_with(ResponseTemplate::new(200).set_body_json(page(&[], None)))
        .expect(1)
        .mount(&server)
        .await;
    let filter = TemplateFilter {
        name: Some("sale".into()),
        status: vec!["APPROVED".into(), "PAUSED".into()],
        ..TemplateFilter::default()
    };
    templates::list(&client(&server.uri()), &WabaId::new("2"), &filter).await.unwrap();
}
