//! Takes an address, or says in plain words why it cannot be had.

use std::io;
use std::net::SocketAddr;

use tokio::net::TcpListener;

/// Why nobody can be served.
#[derive(Debug, thiserror::Error)]
pub enum BindError {
    /// Somebody else listens there.
    #[error(
        "the address {0} is in use: stop what listens there, or choose another port (0 takes a free one)"
    )]
    InUse(SocketAddr),
    /// This user may not.
    #[error("the address {0} needs rights that this process does not have: choose a port above 1023")]
    Forbidden(SocketAddr),
    /// Anything else.
    #[error("the address {0} cannot be used: {1}")]
    Other(SocketAddr, io::Error),
}

/// Listens on `address`; port 0 is a free one, which [`TcpListener::local_addr`] tells.
///
/// # Errors
/// When the address cannot be had.
pub async fn bind(address: SocketAddr) -> Result<TcpListener, BindError> {
    TcpListener::bind(address).await.map_err(|error| match error.kind() {
        io::ErrorKind::AddrInUse => BindError::InUse(address),
        io::ErrorKind::PermissionDenied => BindError::Forbidden(address),
        _ => BindError::Other(address, error),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_free_port_is_found_and_one_in_use_is_named() {
        let listener = bind("127.0.0.1:0".parse().unwrap()).await.unwrap();
        let address = listener.local_addr().unwrap();
        assert_ne!(address.port(), 0);
        let refused = bind(address).await.unwrap_err();
        assert!(matches!(refused, BindError::InUse(_)));
        assert!(refused.to_string().contains(&address.to_string()), "{refused}");
    }
}
