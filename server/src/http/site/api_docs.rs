//! The API's description for people: the OpenAPI document as a page that needs no script.

use super::layout::{Icon, Layout, Tab};
use askama::Template;
use serde_json::Value as Json;

const VERBS: [&str; 5] = ["get", "put", "post", "delete", "patch"];

/// A name, its type and what it means.
pub struct Row {
    pub name: String,
    pub kind: String,
    pub words: String,
}

pub struct Operation {
    /// Unique, an anchor.
    pub id: String,
    pub verb: String,
    pub path: String,
    pub summary: String,
    pub description: String,
    pub parameters: Vec<Row>,
    /// The schema of its body.
    pub body: Option<String>,
    /// By status; `kind` is the schema's name or empty.
    pub answers: Vec<Row>,
}

pub struct Schema {
    pub name: String,
    pub description: String,
    pub fields: Vec<Row>,
    /// The closed list, for enums.
    pub values: Vec<String>,
}

#[derive(Template)]
#[template(path = "api.html")]
pub struct ApiPage<'a> {
    page: Layout<'a>,
    operations: Vec<Operation>,
    schemas: Vec<Schema>,
}

impl<'a> ApiPage<'a> {
    /// `document` is an OpenAPI 3.1 document; what it lacks is left out.
    pub fn new(page: Layout<'a>, document: &Json) -> Self {
        let required = page.text("api-required");
        Self { operations: operations(document, &required), schemas: schemas(document, &required), page }
    }
}

fn operations(document: &Json, required: &str) -> Vec<Operation> {
    let paths = document["paths"].as_object().into_iter().flatten();
    paths
        .flat_map(|(path, item)| {
            VERBS.into_iter().filter_map(move |verb| Some(operation(verb, path, item.get(verb)?, required)))
        })
        .collect()
}

fn operation(verb: &str, path: &str, operation: &Json, required: &str) -> Operation {
    let parameters = operation["parameters"].as_array().into_iter().flatten().map(|parameter| Row {
        name: text(&parameter["name"]),
        kind: format!("{} · {}", text(&parameter["in"]), kind(&parameter["schema"])),
        words: with_required(text(&parameter["description"]), parameter["required"] == true, required),
    });
    let answers = operation["responses"].as_object().into_iter().flatten().map(|(status, answer)| Row {
        name: status.clone(),
        kind: content_schema(answer).unwrap_or_default(),
        words: text(&answer["description"]),
    });
    let id = operation["operationId"].as_str().map_or_else(|| anchor(verb, path), str::to_owned);
    Operation {
        id,
        verb: verb.to_uppercase(),
        path: path.to_owned(),
        summary: text(&operation["summary"]),
        description: text(&operation["description"]),
        parameters: parameters.collect(),
        body: content_schema(&operation["requestBody"]),
        answers: answers.collect(),
    }
}

fn anchor(verb: &str, path: &str) -> String {
    let path = path.chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '-' }).collect::<String>();
    format!("{verb}{path}")
}

fn schemas(document: &Json, required: &str) -> Vec<Schema> {
    let schemas = document["components"]["schemas"].as_object().into_iter().flatten();
    schemas
        .map(|(name, schema)| Schema {
            name: name.clone(),
            description: text(&schema["description"]),
            fields: fields(schema, required),
            values: values(schema),
        })
        .collect()
}

fn fields(schema: &Json, required: &str) -> Vec<Row> {
    let needed = schema["required"].as_array();
    let is_needed = |name: &str| needed.is_some_and(|needed| needed.iter().any(|other| other == name));
    let properties = schema["properties"].as_object().into_iter().flatten();
    properties
        .map(|(name, property)| Row {
            name: name.clone(),
            kind: kind(property),
            words: with_required(text(&property["description"]), is_needed(name), required),
        })
        .collect()
}

/// The closed list of an enum, and the shapes a tagged one can have.
fn values(schema: &Json) -> Vec<String> {
    let listed = schema["enum"].as_array().into_iter().flatten().map(text);
    let shapes = schema["oneOf"].as_array().into_iter().flatten().map(shape);
    listed.chain(shapes).filter(|value| !value.is_empty()).collect()
}

fn shape(schema: &Json) -> String {
    let Some(properties) = schema["properties"].as_object() else {
        return schema["enum"][0].as_str().map_or_else(|| kind(schema), str::to_owned);
    };
    let fields = properties.iter().map(|(name, property)| match property["enum"][0].as_str() {
        Some(value) => format!("{name}: \"{value}\""),
        None => format!("{name}: {}", kind(property)),
    });
    format!("{{ {} }}", fields.collect::<Vec<_>>().join(", "))
}

fn with_required(words: String, is_required: bool, required: &str) -> String {
    match (is_required, words.is_empty()) {
        (false, _) => words,
        (true, true) => required.to_owned(),
        (true, false) => format!("{words} ({required})"),
    }
}

/// A type in a word: `integer`, `Money`, `[SeatNo]`, `string | null`.
fn kind(schema: &Json) -> String {
    if let Some(name) = reference(schema) {
        return name;
    }
    if schema["type"] == "array" {
        return format!("[{}]", kind(&schema["items"]));
    }
    if let Some(either) = schema["oneOf"].as_array().or(schema["allOf"].as_array()).or(schema["anyOf"].as_array()) {
        return either.iter().map(kind).collect::<Vec<_>>().join(" | ");
    }
    match &schema["type"] {
        Json::Array(types) => types.iter().map(text).collect::<Vec<_>>().join(" | "),
        other => text(other),
    }
}

fn reference(schema: &Json) -> Option<String> {
    schema["$ref"].as_str().and_then(|path| path.rsplit('/').next()).map(str::to_owned)
}

fn content_schema(holder: &Json) -> Option<String> {
    let (_, content) = holder["content"].as_object()?.iter().next()?;
    let schema = &content["schema"];
    reference(schema).or_else(|| reference(&schema["items"]))
}

fn text(value: &Json) -> String {
    value.as_str().map(|text| text.trim().to_owned()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn types_are_said_in_a_word() {
        assert_eq!(kind(&json!({ "$ref": "#/components/schemas/Money" })), "Money");
        assert_eq!(kind(&json!({ "type": "array", "items": { "type": "integer" } })), "[integer]");
        assert_eq!(kind(&json!({ "type": ["string", "null"] })), "string | null");
    }

    #[test]
    fn a_document_without_anything_is_an_empty_page_not_a_panic() {
        assert!(operations(&json!({}), "required").is_empty());
        assert!(schemas(&json!([]), "required").is_empty());
    }
}
