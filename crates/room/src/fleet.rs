//! Rooms put into one router, each behind its gate.

use std::sync::Arc;

use auth::Refusal;
use axum::Router;
use axum::http::{Method, StatusCode};
use axum::middleware::from_fn_with_state;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use problem::Problem;

use crate::gate::{self, Gate};
use crate::root::{self, Root};
use crate::{Chassis, Room};

/// The agent's name in the metrics of what belongs to none: probes, and addresses of no route.
const NOBODY: &str = "none";

/// One room by itself, behind its gate, as `agent-bus serve` and tests have it.
pub fn serve(room: Room, chassis: Chassis) -> Router {
    let name = room.name;
    let gate = gate(name, &chassis);
    let router = mount(room, &gate);
    with_fallback(router, &gate)
}

/// Several rooms, and the root: `/health`, `/ready`, `/metrics`.
pub fn fleet(rooms: Vec<Room>, root: Root, chassis: &Chassis) -> Router {
    let router = rooms.into_iter().fold(Router::new(), |router, room| {
        let gate = gate(room.name, chassis);
        router.merge(mount(room, &gate))
    });
    let router = router.merge(root::router(root, chassis.metrics.clone()));
    with_fallback(router, &gate(NOBODY, chassis))
}

fn gate(agent: &'static str, chassis: &Chassis) -> Arc<Gate> {
    if agent != NOBODY {
        chassis.metrics.begin(agent, Refusal::ALL.map(Refusal::reason));
    }
    Arc::new(Gate { agent, chassis: chassis.clone(), open: format!("/api/v1/{agent}/health") })
}

fn mount(room: Room, gate: &Arc<Gate>) -> Router {
    room.router
        .route(&gate.open, get(root::alive))
        .method_not_allowed_fallback(method_not_allowed)
        .layer(from_fn_with_state(Arc::clone(gate), gate::pass))
}

/// Addresses of no route are counted and named like all others.
fn with_fallback(router: Router, gate: &Arc<Gate>) -> Router {
    let nowhere = Router::new().fallback(no_route).layer(from_fn_with_state(Arc::clone(gate), gate::pass));
    router.merge(nowhere)
}

async fn no_route() -> Problem {
    Problem::not_found("there is no such address")
}

/// 405; the router adds the header `Allow`, which is all that OPTIONS asks for.
pub(crate) async fn method_not_allowed(method: Method) -> Response {
    if method == Method::OPTIONS {
        return StatusCode::NO_CONTENT.into_response();
    }
    Problem::new(
        StatusCode::METHOD_NOT_ALLOWED,
        "method-not-allowed",
        "this address does not take that method; the header Allow names those that it takes",
    )
    .into_response()
}
