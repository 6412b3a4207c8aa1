//! What stands beside the console in a daemon: letters, webhooks, diagnoses, reports; each over the store in memory, none of
//! them reaching anybody.

use ground::Ground;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use customers::registry::Registry;
use customers::report::{Report, ReportState, ReportStore};
use customers::{CustomerSettings, Directory};
use diagnostics::{Diagnoses, DiagnosisSettings, DiagnosisStore, Patient, State, Task};
use limits::WebhookStore;
use model::event::NoEvents;
use model::{Block, Hit, MessageId, Score, SignalName, SubjectKind};
use pipeline::{
    Admission, Exemptions, Fingerprints, Judge, Judges, Judging, Lessons, Pardons, Reached, ReportRules, Reports, Stage,
};
use recall::{Recall, RecallSettings};
use store::MemoryStore;
use webhooks::{Teller, WebhookRule, Webhooks, hooks};

use crate::world::NOW;

/// The webhook's name.
pub(crate) const HOOK: &str = "panel";
/// Nobody listens there.
const NOBODY: &str = "127.0.0.1:9";
const DAY: Duration = Duration::from_secs(86_400);

/// The rooms around the ground.
pub(crate) struct Offices<'g> {
    pub(crate) ground: &'g Ground,
    pub(crate) folder: &'g Path,
}

impl Offices<'_> {
    /// One webhook whose receiver is away.
    pub(crate) fn webhooks(&self) -> Webhooks {
        let teller = Teller {
            node: "mx1.isp.example".into(),
            link: "https://portreeve.example/b/{ref}".into(),
            directory: Arc::new(Directory::nobody(&CustomerSettings::default())).into(),
        };
        let events = Arc::new(NoEvents);
        let webhooks =
            Webhooks::new(Arc::clone(&self.ground.store) as _, Arc::clone(&self.ground.clock), events, teller.clone());
        let secret_file = self.folder.join("secret");
        std::fs::write(&secret_file, "a secret of more than twenty-four bytes").unwrap();
        std::fs::set_permissions(&secret_file, std::fs::Permissions::from_mode(0o600)).unwrap();
        let url = format!("http://{NOBODY}/hook");
        let rule = WebhookRule { name: HOOK.into(), url, secret_file, ..WebhookRule::examples().remove(0) };
        webhooks.configure(hooks(&[rule]).unwrap(), teller).unwrap();
        webhooks
    }

    /// Two customers in a file, one in the store.
    pub(crate) fn customers(&self) -> Registry {
        let file = "[[customer]]\nservice = 'hosting-4711'\nname = 'The shop'\ncontact = ['owner@owner.example']\n\
                    kind = 'exchange'\naccounts = ['*@shop.example']\n\
                    [[customer]]\nservice = 'server-17'\ncontact = ['root@host.example']\nnetworks = ['203.0.113.0/24']\n";
        let base = Directory::parse(file, &CustomerSettings::default()).unwrap();
        let rules = ["account-spam-day".to_owned()].into();
        let registry =
            Registry::open(Arc::clone(&self.ground.store) as _, Arc::new(base), rules, Arc::clone(&self.ground.clock));
        let registry = registry.unwrap();
        registry.import("service,name,contact,networks\nrack 9,Rack,a@rack.example,192.0.2.0/28\n", false).unwrap();
        registry
    }

    /// Diagnoses that find no name server.
    pub(crate) fn diagnoses(&self) -> Diagnoses {
        self.ground.store.add_diagnosis(&finished()).unwrap();
        ground::diagnoses(self.ground, Directory::nobody(&CustomerSettings::default()), DiagnosisSettings::default())
    }

    /// Reports, decided about by a judge who never judges.
    pub(crate) fn reports(&self) -> Reports {
        let judges = Arc::new(Judges::new(Arc::new(Nobody)));
        let kept: Arc<dyn ReportStore> = Arc::clone(&self.ground.store) as _;
        let clock = || Arc::clone(&self.ground.clock);
        let recall = Arc::new(Recall::new(&RecallSettings::default()));
        let exemptions = Arc::new(Exemptions::default());
        let reached = Reached {
            desk: Arc::clone(&self.ground.desk),
            lessons: Arc::new(Lessons::open(self.folder).unwrap()),
            fingerprints: Arc::new(Fingerprints::new(recall, Arc::clone(&self.ground.journal) as _, clock())),
            pardons: Arc::new(Pardons::new(Arc::clone(&kept), exemptions, clock(), Arc::clone(&judges))),
        };
        let rules = ReportRules { keep_blocks: DAY, ..ReportRules::default() };
        Reports::new(kept, judges, reached, clock(), rules, || {})
    }
}

fn finished() -> Task {
    Task {
        id: 0,
        patient: Patient::parse(SubjectKind::Domain, "shop.example").unwrap(),
        state: State::Done,
        by: "user anna".into(),
        created: NOW,
        started: Some(NOW),
        finished: Some(NOW),
        checks: 0,
        findings: Vec::new(),
        error: None,
    }
}

/// Lets everything pass.
struct Nobody;

impl Judge for Nobody {
    fn admit(&self, _session: &model::Session, _stage: Stage<'_>) -> Admission {
        Admission::Proceed
    }

    fn judge(&self, _submission: model::Submission) -> Judging<'_> {
        Box::pin(std::future::pending())
    }

    fn analysed_bytes(&self) -> usize {
        0
    }
}

/// Files a report about a flagged message of that block.
pub(crate) fn file_report(store: &MemoryStore, block: &Block, from: &str) {
    let message = b"From: bob@shop.example\r\n\r\nwords\r\n";
    store.file_report(&report(block, from), message, 9, NOW).unwrap();
}

/// A report of the message `<1@shop.example>`.
pub(crate) fn report(block: &Block, from: &str) -> Report {
    let hit = |points| Hit { signal: SignalName::new("html_form"), points, why: "A form.".into() };
    Report {
        id: 0,
        block: block.reference.clone(),
        subject: block.subject.clone(),
        message_id: MessageId::new("<1@shop.example>").unwrap(),
        from: from.into(),
        flagged: NOW,
        reported: NOW,
        by: "customer".into(),
        then: Score::of(vec![hit(120)]),
        now: Score::of(vec![hit(40)]),
        spam: 100,
        findings: Vec::new(),
        remarks: Vec::new(),
        state: ReportState::Open,
        due: Vec::new(),
        exemptions: Vec::new(),
    }
}

/// What has happened so far is to be told to the webhook.
pub(crate) fn queue(store: &MemoryStore) {
    store.queue_deliveries(HOOK, limits::HappeningKind::ALL).unwrap();
}
