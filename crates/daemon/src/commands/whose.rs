//! Whose something is, for `--json`: as the running daemon knows, which may have asked the provider's directory; without one, as the
//! file and the store say.

use std::collections::HashMap;

use admin::ControlClient;
use customers::Directory;
use model::SubjectKey;

/// The services that own some subjects.
pub(super) struct Whose(HashMap<SubjectKey, String>);

impl Whose {
    /// Looks all of them up at once.
    pub(super) async fn of(
        client: &ControlClient,
        here: &Directory,
        subjects: impl IntoIterator<Item = SubjectKey>,
    ) -> anyhow::Result<Self> {
        let subjects: Vec<_> = subjects.into_iter().collect();
        let services = match client.owners(subjects.clone()).await {
            Err(error) if error.is_not_running() => {
                subjects.iter().map(|subject| here.owner(subject).service.clone()).collect()
            }
            found => found?,
        };
        Ok(Self(subjects.into_iter().zip(services).collect()))
    }

    /// The service that owns it, when one is known to.
    pub(super) fn owner(&self, subject: &SubjectKey) -> Option<String> {
        self.0.get(subject).filter(|service| !service.is_empty()).cloned()
    }
}
