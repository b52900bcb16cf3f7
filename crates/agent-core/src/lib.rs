//! The shared mind of the agents, pure: values in, values out.
//!
//! Not here: anything that needs a clock, a socket, a disk or a runtime. The rooms bring those.

pub mod curriculum;
#[cfg(feature = "gpu")]
pub mod gpu;
pub mod mastery;
pub mod signs;
pub mod syntax;
