//! The agent's mind: what a student's errors add up to, and what to say about them. Sync and pure.

pub mod advice;
pub mod patterns;
