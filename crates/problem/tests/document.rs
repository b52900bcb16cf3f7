//! A route lists its errors in one line, and the document explains them.

use serde_json::{Value, json};
use utoipa::OpenApi;

#[utoipa::path(get, path = "/things", params(problem::Page), responses((status = 200), problem::Responses))]
#[expect(dead_code, reason = "it is documented, not called")]
fn things() {}

#[derive(OpenApi)]
#[openapi(paths(things))]
struct Document;

#[test]
fn the_document_lists_every_error_with_its_schema() {
    let mut document = Document::openapi();
    problem::describe(&mut document);
    let json: Value = serde_json::to_value(&document).unwrap();
    let route = &json["paths"]["/things"]["get"];
    let statuses: Vec<&String> = route["responses"].as_object().unwrap().keys().collect();
    assert_eq!(statuses.len(), 12, "{statuses:?}");
    assert_eq!(
        route["responses"]["422"]["content"],
        json!({"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}})
    );
    assert_eq!(json["components"]["schemas"]["Problem"]["type"], "object");
    assert_eq!(json["components"]["schemas"]["FieldError"]["type"], "object");
    assert_eq!(json["components"]["securitySchemes"]["bearer"]["scheme"], "bearer");
    let per_page = &route["parameters"][1];
    assert_eq!((&per_page["name"], &per_page["in"]), (&json!("per_page"), &json!("query")));
    assert_eq!(per_page["required"], json!(false));
    assert_eq!(per_page["schema"]["maximum"], json!(200));
}
