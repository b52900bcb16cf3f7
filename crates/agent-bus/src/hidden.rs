//! A text on the command line that may hold a password or a token.
//!
//! Not here: what becomes of it (whoever asks for it).

use std::convert::Infallible;
use std::fmt;
use std::str::FromStr;

/// It is not shown, not even where it is wrong: whatever is wrong with it is found after the command line was read.
#[derive(Clone)]
pub(crate) struct Hidden(pub(crate) String);

impl fmt::Debug for Hidden {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("(hidden)")
    }
}

impl FromStr for Hidden {
    type Err = Infallible;

    fn from_str(text: &str) -> Result<Self, Infallible> {
        Ok(Self(text.to_owned()))
    }
}
