//! Links that lead the customer of one letter to his own page.

use std::fmt;
use std::sync::Arc;

use model::BlockRef;

type Make = dyn Fn(&BlockRef) -> Option<String> + Send + Sync;

/// Makes the link of a block's letter; none when it can't.
#[derive(Clone)]
pub(crate) struct Links(Arc<Make>);

impl Links {
    pub(crate) fn new(make: impl Fn(&BlockRef) -> Option<String> + Send + Sync + 'static) -> Self {
        Self(Arc::new(make))
    }

    pub(crate) fn to(&self, block: &BlockRef) -> Option<String> {
        (self.0)(block)
    }
}

impl fmt::Debug for Links {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Links")
    }
}
