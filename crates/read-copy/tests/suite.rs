//! The suite on copies in memory: one test for each case.

use std::sync::Arc;

use async_trait::async_trait;
use read_copy::suite::Harness;
use read_copy::{MemoryCopy, ReadCopy};

#[async_trait]
impl Harness for Memory {
    async fn open(&self) -> Arc<dyn ReadCopy> {
        Arc::new(self.0.clone())
    }
}

struct Memory(MemoryCopy);

mod memory {
    use read_copy::MemoryCopy;

    use super::Memory;

    read_copy::suite!(Memory(MemoryCopy::default()));
}
