//! Errors in the OpenAPI document: one line in a route lists all of them.
//!
//! `responses((status = 200, body = Answer), problem::Responses)` in the route, [`describe`] once on the whole document.

use std::collections::BTreeMap;

use utoipa::openapi::response::{Response, ResponseBuilder};
use utoipa::openapi::security::{HttpAuthScheme, HttpBuilder, SecurityRequirement, SecurityScheme};
use utoipa::openapi::{Components, ContentBuilder, OpenApi, Ref, RefOr};
use utoipa::{IntoResponses, PartialSchema, ToSchema};

use crate::{CONTENT_TYPE_PROBLEM, FieldError, Problem};

/// What every route may answer beside its own 200.
const STATUSES: [(&str, &str); 11] = [
    ("400", "The request cannot be read"),
    ("401", "No token, or one that is not valid"),
    ("403", "Not yours to see or change"),
    ("404", "There is no such thing"),
    ("409", "In conflict with what is there"),
    ("413", "The body is over 1 MiB"),
    ("415", "The body is not sent as JSON"),
    ("422", "A field is not valid; it is named"),
    ("429", "Too many requests in a minute; see Retry-After"),
    ("500", "Something went wrong here; it is logged under the trace id"),
    ("503", "Not available now; see Retry-After"),
];

/// The name of the security scheme that [`describe`] adds.
const SCHEME: &str = "bearer";

/// The errors of a route, for its `responses(...)`.
#[derive(Debug, Clone, Copy)]
pub struct Responses;

impl IntoResponses for Responses {
    fn responses() -> BTreeMap<String, RefOr<Response>> {
        let content = || ContentBuilder::new().schema(Some(Ref::from_schema_name(Problem::name()))).build();
        STATUSES
            .iter()
            .map(|(status, description)| {
                let response = ResponseBuilder::new()
                    .description(*description)
                    .content(CONTENT_TYPE_PROBLEM, content())
                    .build();
                ((*status).to_owned(), RefOr::T(response))
            })
            .collect()
    }
}

/// Adds what every document needs: the schema of a problem and the bearer token.
pub fn describe(document: &mut OpenApi) {
    let components = document.components.get_or_insert_with(Components::new);
    components.schemas.insert(Problem::name().into_owned(), Problem::schema());
    components.schemas.insert(FieldError::name().into_owned(), FieldError::schema());
    let scheme = HttpBuilder::new().scheme(HttpAuthScheme::Bearer).bearer_format("JWT").build();
    components.security_schemes.insert(SCHEME.to_owned(), RefOr::T(SecurityScheme::Http(scheme)));
    document
        .security
        .get_or_insert_with(Vec::new)
        .push(SecurityRequirement::new(SCHEME, Vec::<String>::new()));
}
