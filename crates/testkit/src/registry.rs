//! A small schema registry over HTTP, as much of Confluent's REST interface as a client of ours can meet.
//!
//! It judges schemas with the Avro library and shares no code with what is tested on it. It keeps everything in memory, on
//! a loopback port of its own. Not here: the client (crate `schema-registry`).

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use apache_avro::Schema;
use apache_avro::schema_compatibility::{Compatibility, SchemaCompatibility};
use axum::extract::{Path, Request, State};
use axum::middleware::{self, Next};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use bytes::Bytes;
use http::StatusCode;
use http::header::AUTHORIZATION;
use serde_json::{Value, json};
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

/// A registry. It goes when this does.
pub struct Registry {
    address: SocketAddr,
    books: Arc<Mutex<Books>>,
    server: JoinHandle<()>,
}

/// What it knows, and what was asked.
#[derive(Default)]
struct Books {
    /// The texts; an id is a place and one. Two texts are the same if their JSON is.
    schemas: Vec<(Value, String)>,
    /// The ids of each subject's versions, in order.
    subjects: BTreeMap<String, Vec<usize>>,
    /// What is said of an id, whatever it is.
    planted: BTreeMap<u32, (StatusCode, String)>,
    down: bool,
    calls: Vec<String>,
    authorization: Option<String>,
}

impl Registry {
    /// Starts an empty one, on a free port.
    ///
    /// # Panics
    /// If there is no port.
    pub async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let address = listener.local_addr().expect("an address");
        let books = Arc::new(Mutex::new(Books::default()));
        let router = router(Arc::clone(&books));
        let server = tokio::spawn(async move {
            axum::serve(listener, router).await.expect("a registry that serves");
        });
        Self { address, books, server }
    }

    /// Where it is.
    #[must_use]
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Where it is, with a name and a password.
    #[must_use]
    pub fn url_with(&self, user: &str, password: &str) -> String {
        format!("http://{user}:{password}@{}", self.address)
    }

    /// From now on it answers everything with 503, or does not.
    pub fn set_down(&self, down: bool) {
        self.books().down = down;
    }

    /// From now on this is what it says of the schema id.
    ///
    /// # Panics
    /// If that is no status.
    pub fn plant(&self, id: u32, status: u16, body: impl Into<String>) {
        let status = StatusCode::from_u16(status).expect("a status");
        self.books().planted.insert(id, (status, body.into()));
    }

    /// What was asked so far, in order, also while it was down: `GET /schemas/ids/1`.
    #[must_use]
    pub fn calls(&self) -> Vec<String> {
        self.books().calls.clone()
    }

    /// How many calls began like this.
    #[must_use]
    pub fn count(&self, beginning: &str) -> usize {
        self.books().calls.iter().filter(|call| call.starts_with(beginning)).count()
    }

    /// What the last call said about who asks.
    #[must_use]
    pub fn authorization(&self) -> Option<String> {
        self.books().authorization.clone()
    }

    /// The subjects, in order.
    #[must_use]
    pub fn subjects(&self) -> Vec<String> {
        self.books().subjects.keys().cloned().collect()
    }

    fn books(&self) -> MutexGuard<'_, Books> {
        open(&self.books)
    }
}

impl Drop for Registry {
    fn drop(&mut self) {
        self.server.abort();
    }
}

fn open(books: &Mutex<Books>) -> MutexGuard<'_, Books> {
    books.lock().unwrap_or_else(PoisonError::into_inner)
}

type Shared = State<Arc<Mutex<Books>>>;

/// What it refuses, in Confluent's form: the code's first three digits are the status.
struct Refusal(u32, String);

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        let Self(code, message) = self;
        let status = if code < 1000 { code } else { code / 100 };
        let status = u16::try_from(status).ok().and_then(|status| StatusCode::from_u16(status).ok());
        let body = Json(json!({ "error_code": code, "message": message }));
        (status.expect("a code that begins with a status"), body).into_response()
    }
}

fn router(books: Arc<Mutex<Books>>) -> Router {
    Router::new()
        .route("/subjects", get(subjects))
        .route("/subjects/{subject}/versions", post(register).get(versions))
        .route("/subjects/{subject}/versions/{version}", get(version))
        .route("/schemas/ids/{id}", get(schema))
        .fallback(|| async { Refusal(404, "HTTP 404 Not Found".to_owned()) })
        .layer(middleware::from_fn_with_state(Arc::clone(&books), note))
        .with_state(books)
}

/// Writes down who asks what, and says no while it is down.
async fn note(State(books): Shared, request: Request, next: Next) -> Response {
    let down = {
        let mut books = open(&books);
        books.calls.push(format!("{} {}", request.method(), request.uri().path()));
        let authorization = request.headers().get(AUTHORIZATION).and_then(|value| value.to_str().ok());
        books.authorization = authorization.map(str::to_owned);
        books.down
    };
    if down {
        return Refusal(50302, "it is down in this test".to_owned()).into_response();
    }
    next.run(request).await
}

async fn subjects(State(books): Shared) -> Json<Value> {
    Json(json!(open(&books).subjects.keys().collect::<Vec<_>>()))
}

async fn register(
    State(books): Shared,
    Path(subject): Path<String>,
    body: Bytes,
) -> Result<Json<Value>, Refusal> {
    let wrong = |why: &str| Refusal(42201, format!("Invalid schema: {why}"));
    let body: Value = serde_json::from_slice(&body).map_err(|cause| wrong(&cause.to_string()))?;
    if body.get("schemaType").is_some_and(|kind| kind != "AVRO") {
        return Err(wrong("only AVRO"));
    }
    let text = body["schema"].as_str().ok_or_else(|| wrong("no schema"))?;
    let parsed = Schema::parse_str(text).map_err(|cause| wrong(&cause.to_string()))?;
    let canonical: Value = serde_json::from_str(text).map_err(|cause| wrong(&cause.to_string()))?;

    let mut books = open(&books);
    let id = books.schemas.iter().position(|(known, _)| *known == canonical);
    let versions = books.subjects.get(&subject).map_or(&[][..], Vec::as_slice);
    if let Some(id) = id.filter(|id| versions.contains(id)) {
        return Ok(Json(json!({ "id": id + 1 })));
    }
    if let Some(latest) = versions.last() {
        let latest =
            Schema::parse_str(&books.schemas[*latest].1).map_err(|cause| wrong(&cause.to_string()))?;
        reads_all(&latest, &parsed).map_err(|cause| {
            let message = format!("Schema being registered is incompatible with an earlier schema for subject \"{subject}\", details: {cause}");
            Refusal(409, message)
        })?;
    }
    let id = id.unwrap_or_else(|| {
        books.schemas.push((canonical, text.to_owned()));
        books.schemas.len() - 1
    });
    books.subjects.entry(subject).or_default().push(id);
    Ok(Json(json!({ "id": id + 1 })))
}

/// BACKWARD: whatever the one wrote the other reads. Partly is not enough.
fn reads_all(writer: &Schema, reader: &Schema) -> Result<(), String> {
    match SchemaCompatibility::can_read(writer, reader) {
        Ok(Compatibility::Full) => Ok(()),
        Ok(Compatibility::Partial) => Err("only some records can be read".to_owned()),
        Err(cause) => Err(cause.to_string()),
    }
}

async fn versions(State(books): Shared, Path(subject): Path<String>) -> Result<Json<Value>, Refusal> {
    let count = open(&books).ids(&subject)?.len();
    Ok(Json(json!((1..=count).collect::<Vec<_>>())))
}

async fn version(
    State(books): Shared,
    Path((subject, version)): Path<(String, String)>,
) -> Result<Json<Value>, Refusal> {
    let books = open(&books);
    let ids = books.ids(&subject)?;
    let number = match version.as_str() {
        "latest" => ids.len(),
        number => number.parse().map_err(|_| {
            Refusal(42202, format!("The specified version '{number}' is not a valid version id."))
        })?,
    };
    let id = number.checked_sub(1).and_then(|place| ids.get(place));
    let id = *id.ok_or_else(|| Refusal(40402, format!("Version {number} not found.")))?;
    let schema = &books.schemas[id].1;
    Ok(Json(json!({ "subject": subject, "version": number, "id": id + 1, "schema": schema })))
}

async fn schema(State(books): Shared, Path(id): Path<u32>) -> Result<Response, Refusal> {
    let books = open(&books);
    if let Some((status, body)) = books.planted.get(&id) {
        return Ok((*status, body.clone()).into_response());
    }
    let place = usize::try_from(id).ok().and_then(|id| id.checked_sub(1));
    let found = place.and_then(|place| books.schemas.get(place));
    let (_, text) = found.ok_or_else(|| Refusal(40403, format!("Schema {id} not found")))?;
    Ok(Json(json!({ "schema": text })).into_response())
}

impl Books {
    /// The places of a subject's schemas.
    fn ids(&self, subject: &str) -> Result<&[usize], Refusal> {
        let ids = self.subjects.get(subject);
        ids.map(Vec::as_slice).ok_or_else(|| Refusal(40401, format!("Subject '{subject}' not found.")))
    }
}
