//! What every schema keeps to, whoever writes the next one.

use serde_json::Value;

use crate::{avro_folder, files, read};

/// A CloudEvent reader takes these for its own.
const NAMES_TAKEN: [&str; 6] = ["id", "type", "source", "time", "expiration", "traceid"];

/// Every field of a schema, those of its inner records among them.
fn fields(schema: &Value) -> Vec<&Value> {
    let mut found = Vec::new();
    for field in schema["fields"].as_array().into_iter().flatten() {
        found.push(field);
        found.extend(within(&field["type"]));
    }
    found
}

/// The fields of a type: of a record itself, of an array's items, of each branch of a union.
fn within(kind: &Value) -> Vec<&Value> {
    match kind {
        Value::Array(branches) => branches.iter().flat_map(within).collect(),
        kind if kind["type"] == "array" => within(&kind["items"]),
        kind => fields(kind),
    }
}

#[test]
fn schemas_keep_to_the_rules_of_the_wire() {
    let paths = files(&avro_folder(), "avsc");
    assert_eq!(paths.len(), 11);
    for path in paths {
        let schema: Value = serde_json::from_str(&read(&path)).unwrap();
        let file = path.file_stem().unwrap().to_str().unwrap();
        assert_eq!(schema["name"], file);
        assert_eq!(schema["namespace"], "agentbus.events");
        for field in fields(&schema) {
            let name = field["name"].as_str().unwrap();
            assert!(!NAMES_TAKEN.contains(&name), "{file}.{name} is a name to avoid");
            assert!(field["doc"].is_string(), "{file}.{name} has no doc");
            if name == "timestamp" || name.ends_with("_at") {
                let timestamp = serde_json::json!({ "type": "long", "logicalType": "timestamp-millis" });
                assert_eq!(field["type"], timestamp, "{file}.{name}");
            }
            if matches!(
                name,
                "score" | "mastery" | "completion" | "quiz" | "quality" | "consistency" | "token_efficiency"
            ) {
                assert_eq!(field["type"], "double", "{file}.{name}");
            }
            assert!(
                field.get("logicalType").is_none(),
                "{file}.{name}: the logical type belongs inside the type"
            );
        }
    }
}
