//! The agent's mind: sync and pure. Reading order: `exercise` (what a problem is) → `template` and `draw` (data and a seed
//! make one) → `mutate` (the bugs it must catch) → `admit` (whether it may be shown) → `grade` (what an answer is worth)
//! → `adapt` (what comes next).

pub mod adapt;
pub mod admit;
pub mod chance;
pub mod draft;
pub mod draw;
pub mod exercise;
pub mod grade;
pub mod hints;
mod inputs;
mod literal;
pub mod mutate;
pub mod template;
