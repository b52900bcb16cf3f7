//! The OpenAPI document: whole, and with the limits that the code enforces.

use std::collections::BTreeSet;

use serde_json::Value;

fn document() -> Value {
    serde_json::to_value(progress::openapi()).unwrap()
}

fn walk(value: &Value, visit: &mut impl FnMut(&str, &Value)) {
    match value {
        Value::Object(map) => {
            for (name, value) in map {
                visit(name, value);
                walk(value, visit);
            }
        }
        Value::Array(items) => items.iter().for_each(|item| walk(item, visit)),
        _ => {}
    }
}

#[test]
fn every_reference_leads_somewhere() {
    let mut whole = progress::openapi();
    problem::describe(&mut whole);
    let whole = serde_json::to_value(whole).unwrap();
    let mut references = BTreeSet::new();
    walk(&whole, &mut |name, value| {
        if name == "$ref" {
            references.insert(value.as_str().unwrap().to_owned());
        }
    });
    assert!(references.len() > 10, "{references:?}");
    for reference in references {
        let pointer = reference.strip_prefix('#').unwrap();
        assert!(whole.pointer(pointer).is_some(), "{reference} leads nowhere");
    }
}

#[test]
fn every_operation_has_a_name_of_its_own() {
    let mut names = Vec::new();
    walk(&document()["paths"], &mut |name, value| {
        if name == "operationId" {
            names.push(value.as_str().unwrap().to_owned());
        }
    });
    let distinct: BTreeSet<_> = names.iter().collect();
    assert_eq!((distinct.len(), names.len()), (14, 14), "{names:?}");
}

#[test]
fn the_limits_are_those_of_the_code() {
    let document = document();
    let schema = |name: &str| &document["components"]["schemas"][name];
    for (place, limit, expected) in [
        (&schema("Score")["minimum"], "least score", 0.0),
        (&schema("Score")["maximum"], "greatest score", 1.0),
        (&schema("Target")["minimum"], "least target", 1.0),
        (&schema("Target")["maximum"], "greatest target", 100.0),
        (&schema("ClassRequest")["properties"]["students"]["maxItems"], "students", 500.0),
    ] {
        assert_eq!(place.as_f64(), Some(expected), "{limit}");
    }
    let id = "^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$";
    for name in ["StudentId", "ClassId", "Component", "IdempotencyKey", "SubjectId"] {
        assert_eq!(schema(name)["pattern"], id, "{name}");
    }
    insta::assert_json_snapshot!(
        document["paths"]["/api/v1/progress/{student_id}/history"]["get"]["parameters"]
    );
}
