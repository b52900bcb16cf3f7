//! The registry for tests says what Confluent's says.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use serde_json::{Value, json};
use testkit::registry::Registry;

const ONE: &str = r#"{"type": "record", "name": "A", "fields": [{"name": "a", "type": "string"}]}"#;
const WITH_DEFAULT: &str = r#"{"type": "record", "name": "A", "fields": [
    {"name": "a", "type": "string"}, {"name": "b", "type": "int", "default": 0}]}"#;
const WITHOUT_DEFAULT: &str = r#"{"type": "record", "name": "A", "fields": [
    {"name": "a", "type": "string"}, {"name": "c", "type": "int"}]}"#;

async fn register(registry: &Registry, subject: &str, schema: &str) -> (u16, Value) {
    let address = format!("{}/subjects/{subject}/versions", registry.url());
    let answer =
        reqwest::Client::new().post(address).json(&json!({ "schema": schema })).send().await.unwrap();
    (answer.status().as_u16(), answer.json().await.unwrap())
}

async fn get(registry: &Registry, path: &str) -> (u16, Value) {
    let answer = reqwest::get(format!("{}{path}", registry.url())).await.unwrap();
    (answer.status().as_u16(), answer.json().await.unwrap())
}

#[tokio::test]
async fn one_schema_has_one_id_under_every_subject_and_ids_begin_at_one() {
    let registry = Registry::start().await;
    assert_eq!(register(&registry, "s", ONE).await, (200, json!({ "id": 1 })));
    assert_eq!(register(&registry, "s", WITH_DEFAULT).await, (200, json!({ "id": 2 })));
    let laid_out = serde_json::from_str::<Value>(ONE).unwrap().to_string();
    assert_ne!(laid_out, ONE);
    for subject in ["s", "t"] {
        assert_eq!(register(&registry, subject, &laid_out).await, (200, json!({ "id": 1 })));
    }
    assert_eq!(get(&registry, "/subjects").await, (200, json!(["s", "t"])));
    assert_eq!(get(&registry, "/subjects/s/versions").await, (200, json!([1, 2])));
    assert_eq!(get(&registry, "/subjects/t/versions").await, (200, json!([1])));
    assert_eq!(get(&registry, "/schemas/ids/1").await, (200, json!({ "schema": ONE })));
    let latest = json!({ "subject": "s", "version": 2, "id": 2, "schema": WITH_DEFAULT });
    for version in ["2", "latest"] {
        assert_eq!(get(&registry, &format!("/subjects/s/versions/{version}")).await, (200, latest.clone()));
    }
}

#[tokio::test]
async fn what_cannot_be_it_refuses_with_a_code() {
    let registry = Registry::start().await;
    register(&registry, "s", ONE).await;
    let refused = |(status, body): (u16, Value)| {
        assert!(body["message"].is_string(), "{body}");
        (status, body["error_code"].as_u64().unwrap())
    };
    assert_eq!(refused(register(&registry, "s", WITHOUT_DEFAULT).await), (409, 409));
    for text in ["", "{}", "\"nothing\""] {
        assert_eq!(refused(register(&registry, "s", text).await), (422, 42201), "{text}");
    }
    for (path, status, code) in [
        ("/schemas/ids/9", 404, 40403),
        ("/subjects/none/versions", 404, 40401),
        ("/subjects/none/versions/1", 404, 40401),
        ("/subjects/s/versions/2", 404, 40402),
        ("/subjects/s/versions/first", 422, 42202),
        ("/elsewhere", 404, 404),
    ] {
        assert_eq!(refused(get(&registry, path).await), (status, code), "{path}");
    }
    assert_eq!(get(&registry, "/subjects/s/versions").await.1, json!([1]), "nothing came of it");
    // Another subject may well begin with it.
    assert_eq!(register(&registry, "other", WITHOUT_DEFAULT).await.0, 200);
}

#[tokio::test]
async fn while_it_is_down_it_says_so_and_counts() {
    let registry = Registry::start().await;
    registry.set_down(true);
    assert_eq!(get(&registry, "/subjects").await.0, 503);
    registry.set_down(false);
    assert_eq!(get(&registry, "/subjects").await.0, 200);
    assert_eq!(registry.calls(), ["GET /subjects", "GET /subjects"]);
    assert_eq!(registry.count("POST"), 0);
}
