//! The room's mind: pure and sync. Reading order: `code` (what a program shows) → `explain` → `path` → `quiz` → `grade`.
//!
//! Not here: where a program, a mastery or a quiz comes from (`routes`, `progress`, `store`).

pub mod code;
pub mod explain;
pub mod grade;
pub mod path;
pub mod quiz;
pub mod quote;
pub mod trace;
