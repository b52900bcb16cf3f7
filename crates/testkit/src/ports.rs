//! Ports for servers that must be told theirs.
//!
//! Not here: servers that choose a port themselves, which is better.

use std::net::TcpListener;

use clock::{Ids, RandomIds};

/// So many ports of loopback that nobody listens on. They lie below those that the system gives to connections, so that none
/// is taken by one while its server is away; two tests that run at once hardly choose the same.
///
/// # Panics
/// If there are none.
#[must_use]
pub fn free_ports<const COUNT: usize>() -> [u16; COUNT] {
    let mut held = Vec::new();
    while held.len() < COUNT {
        let [high, low, ..] = *RandomIds.event_id().0.as_bytes();
        let port = 10_000 + u16::from_be_bytes([high, low]) % 20_000;
        if let Ok(listener) = TcpListener::bind(("127.0.0.1", port)) {
            held.push(listener);
        }
    }
    let ports: Vec<u16> =
        held.iter().map(|listener| listener.local_addr().expect("an address").port()).collect();
    ports.try_into().expect("as many as asked for")
}
