//! Pages of a list: which one is asked for, and the shape of the answer.
//!
//! A route with nothing else to ask takes [`Page`]. One with more parameters puts `page: PageNumber` and
//! `per_page: PerPage` into its own struct and calls [`Page::new`] (serde cannot flatten and refuse unknown fields at
//! once).

use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

/// Which page, from 1 to 1,000,000.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(try_from = "u32", into = "u32")]
#[schema(value_type = u32, minimum = 1, maximum = 1_000_000, default = 1)]
pub struct PageNumber(u32);

/// How many items a page holds: 1 to 200, 50 if not said.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(try_from = "u32", into = "u32")]
#[schema(value_type = u32, minimum = 1, maximum = 200, default = 50)]
pub struct PerPage(u32);

/// The last page that can be asked for: no list is longer.
const PAGE_MAX: u32 = 1_000_000;

/// The most items of a page.
const PER_PAGE_MAX: u32 = 200;

impl Default for PageNumber {
    fn default() -> Self {
        Self(1)
    }
}

impl Default for PerPage {
    fn default() -> Self {
        Self(50)
    }
}

impl TryFrom<u32> for PageNumber {
    type Error = &'static str;

    fn try_from(page: u32) -> Result<Self, Self::Error> {
        if (1..=PAGE_MAX).contains(&page) { Ok(Self(page)) } else { Err("must be 1 to 1000000") }
    }
}

impl TryFrom<u32> for PerPage {
    type Error = &'static str;

    fn try_from(per_page: u32) -> Result<Self, Self::Error> {
        if (1..=PER_PAGE_MAX).contains(&per_page) { Ok(Self(per_page)) } else { Err("must be 1 to 200") }
    }
}

impl From<PageNumber> for u32 {
    fn from(page: PageNumber) -> Self {
        page.0
    }
}

impl From<PerPage> for u32 {
    fn from(per_page: PerPage) -> Self {
        per_page.0
    }
}

/// Which part of a list is asked for.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize, IntoParams)]
#[serde(deny_unknown_fields, default)]
#[into_params(parameter_in = Query)]
pub struct Page {
    /// Which page, from 1.
    #[param(value_type = Option<u32>, minimum = 1, maximum = 1_000_000, default = 1)]
    pub page: PageNumber,
    /// How many items a page holds.
    #[param(value_type = Option<u32>, minimum = 1, maximum = 200, default = 50)]
    pub per_page: PerPage,
}

impl Page {
    /// The page of a route's own struct.
    #[must_use]
    pub fn new(page: PageNumber, per_page: PerPage) -> Self {
        Self { page, per_page }
    }

    /// How many items lie before it. A page past the end of everything is empty, not an error.
    #[must_use]
    pub fn offset(self) -> u32 {
        (self.page.0 - 1).saturating_mul(self.per_page.0)
    }

    /// How many items it holds at most.
    #[must_use]
    pub fn limit(self) -> u32 {
        self.per_page.0
    }

    /// This page of what is at hand in full.
    #[must_use]
    pub fn of<T>(self, all: Vec<T>) -> Paged<T> {
        let total = all.len() as u64;
        let items = all.into_iter().skip(self.offset() as usize).take(self.limit() as usize).collect();
        self.answer(items, total)
    }

    /// The answer: the items of this page out of `total`.
    #[must_use]
    pub fn answer<T>(self, items: Vec<T>, total: u64) -> Paged<T> {
        Paged { items, page: self.page.0, per_page: self.per_page.0, total }
    }
}

/// One page of a list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Paged<T> {
    /// What lies on the page.
    pub items: Vec<T>,
    /// Which page it is, from 1.
    pub page: u32,
    /// How many items a page holds.
    pub per_page: u32,
    /// How many items there are on all pages.
    pub total: u64,
}
