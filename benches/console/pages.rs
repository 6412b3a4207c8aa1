//! How long each page takes.

use std::time::{Duration, Instant};

use model::SubjectKey;

use crate::archive::{message, named, subject};
use crate::daemon::Daemon;
use crate::desk::HOOK;
use crate::web::{Who, get};

/// How often each page is asked for.
const TIMES: usize = 21;
/// What a page may take at the median.
const BOUND: Duration = Duration::from_millis(100);

/// Asks for every page of console and API that shows blocks or flagged messages.
pub(crate) fn measure(daemon: &Daemon, base: i64, blocks: i64) {
    let asker = Asker { daemon };
    println!("{:<64} {:>9} {:>9} {:>8}", "page", "median", "slowest", "bytes");
    let operator = Who::Cookie(daemon.session("anna", &["--role", "operator"]));
    asker.all(&operator, &console(base, blocks));
    asker.second("/console/blocks", &operator);
    asker.second(&format!("/console/blocks/{}", named(7)), &operator);
    for customer in ["wide", "narrow"] {
        println!("customer \"{customer}\"");
        let role = ["--role", "customer", "--customer", customer];
        asker.all(&Who::Cookie(daemon.session(customer, &role)), &["/console/".into()]);
        asker.all(&Who::Bearer(daemon.key(customer, &role)), &["/api/blocks".into(), "/api/evidence".into()]);
    }
    let key = Who::Bearer(daemon.key("panel", &["--role", "operator"]));
    asker.all(&key, &native(base, blocks));
    asker.after("/api/blocks?limit=100", &key);
    for list in ["evidence", "tickets", "reports", "customers", "diagnoses", "letters", "webhook-events", "audit"] {
        asker.after(&format!("/api/{list}?limit=100"), &key);
    }
    asker.all(&key, &compatible());
}

fn console(base: i64, blocks: i64) -> Vec<String> {
    let block = format!("/console/blocks/{}", named(7));
    let id = message(base, 7, 50).message_id.map(|id| id.to_string()).unwrap_or_default();
    let id = id.trim_matches(['<', '>']).replace('@', "%40");
    vec![
        "/console/".into(),
        "/console/blocks".into(),
        "/console/blocks?state=active".into(),
        "/console/blocks?state=ended&kind=ip".into(),
        "/console/blocks?q=user77".into(),
        "/console/blocks?q=nobody".into(),
        "/console/blocks?q=198.18.7.0%2F24".into(),
        "/console/blocks?q=0.0.0.0%2F0".into(),
        "/console/blocks?q=%40d77.example".into(),
        format!("/console/blocks?q={}", named(blocks / 2)),
        block.clone(),
        format!("{block}?q=203.0.113.9"),
        format!("{block}?q=400"),
        format!("{block}?q={id}"),
        page_of(&subject(77)),
        page_of(&subject(78)),
        format!("/console/case/{}", named(7)),
        "/console/tickets".into(),
        "/console/tickets?all=1".into(),
        "/console/tickets/77".into(),
        "/console/reports".into(),
        "/console/reports?all=1".into(),
        "/console/reports/78".into(),
        "/console/diagnosis".into(),
        "/console/diagnosis/77".into(),
        "/console/customers".into(),
        "/console/customers?q=number+77".into(),
        "/console/customers?q=nobody".into(),
        "/console/customers?after=service-02500".into(),
        "/console/customer/service-00077".into(),
        "/console/customer/wide".into(),
        "/console/delivery".into(),
        "/console/delivery?state=dead".into(),
        format!("/console/delivery?hook={HOOK}&state=waiting"),
        "/console/audit".into(),
        "/console/audit?who=user+otto".into(),
        "/console/audit?who=nobody".into(),
        "/console/audit?action=access.manage".into(),
        "/console/audit?who=user+berta&action=access.manage".into(),
        "/console/audit?before=100".into(),
        "/console/settings".into(),
    ]
}

fn page_of(subject: &SubjectKey) -> String {
    format!("/console/subjects/{}/{}", subject.kind(), subject.name().replace('@', "%40"))
}

fn native(base: i64, blocks: i64) -> Vec<String> {
    let middle = model::Timestamp(base + blocks / 2 * crate::archive::MINUTE);
    vec![
        "/api/blocks".into(),
        "/api/blocks?state=blockedForSpam".into(),
        "/api/blocks?kind=account".into(),
        "/api/blocks?customer=wide".into(),
        "/api/blocks?customer=narrow".into(),
        format!("/api/blocks?until={middle}"),
        "/api/blocks?rule=none".into(),
        format!("/api/blocks/{}", named(7)),
        "/api/evidence".into(),
        format!("/api/evidence?block={}", named(7)),
        "/api/evidence?destination=203.0.113.9".into(),
        "/api/evidence?score=498".into(),
        "/api/evidence?customer=wide".into(),
        format!("/api/evidence?until={middle}"),
        format!("/api/subjects/account/{}/history", subject(77).name().replace('@', "%40")),
        "/api/subjects".into(),
        "/api/tickets".into(),
        "/api/tickets?open=true".into(),
        format!("/api/tickets?after={}", blocks / 2),
        "/api/tickets/77".into(),
        "/api/reports".into(),
        "/api/reports?open=true".into(),
        format!("/api/reports?after={}", blocks / 4),
        "/api/exemptions".into(),
        "/api/customers".into(),
        "/api/customers?after=service-02500".into(),
        "/api/customers/service-00077".into(),
        "/api/diagnoses".into(),
        format!("/api/diagnoses?after={}", blocks / 10),
        "/api/letters".into(),
        "/api/bounces".into(),
        "/api/webhooks".into(),
        "/api/webhook-events".into(),
        "/api/webhook-events?state=dead".into(),
        format!("/api/webhook-events?webhook={HOOK}&state=waiting"),
        "/api/audit".into(),
        "/api/audit?who=user+otto".into(),
        "/api/audit?who=nobody".into(),
        "/api/audit?action=access.manage".into(),
        "/api/audit?after=100".into(),
        "/api/lockouts".into(),
        "/api/keys".into(),
        "/api/users".into(),
        "/api/applications".into(),
        "/api/credentials".into(),
        "/api/fingerprints".into(),
        "/api/lessons".into(),
        "/api/status".into(),
        "/api/configuration".into(),
    ]
}

fn compatible() -> Vec<String> {
    let address = subject(78).name();
    vec![
        "/1.0/ip".into(),
        "/1.0/ip/198.18.0.0%2F15/spam".into(),
        "/1.0/ip/198.18.0.0%2F24/spam".into(),
        format!("/1.0/ip/198.18.0.0%2F15/spam/{address}"),
        format!("/1.0/ip/198.18.0.0%2F15/spam/{address}/stats"),
    ]
}

struct Asker<'a> {
    daemon: &'a Daemon,
}

impl Asker<'_> {
    fn all(&self, who: &Who, paths: &[String]) {
        paths.iter().for_each(|path| self.one(path, who));
    }

    /// The page behind a page of the console.
    fn second(&self, path: &str, who: &Who) {
        let page = get(self.daemon.web, path, who).body;
        let link = page.split("href=\"").skip(1).filter_map(|rest| rest.split('"').next());
        let next =
            link.map(|link| link.replace("&amp;", "&").replace("&#x2f;", "/")).find(|link| link.contains("after="));
        self.one(&next.unwrap_or_else(|| panic!("nothing behind {path}")), who);
    }

    /// The page behind a page of the API.
    fn after(&self, path: &str, who: &Who) {
        let page: serde_json::Value = serde_json::from_str(&get(self.daemon.web, path, who).body).unwrap();
        let next = match &page["next"] {
            serde_json::Value::String(next) => next.clone(),
            serde_json::Value::Number(next) => next.to_string(),
            _ => panic!("nothing behind {path}"),
        };
        self.one(&format!("{path}&after={next}"), who);
    }

    fn one(&self, path: &str, who: &Who) {
        let answer = get(self.daemon.web, path, who);
        let mut times: Vec<_> = (0..TIMES).map(|_| self.timed(path, who)).collect();
        times.sort();
        let (median, slowest) = (times[TIMES / 2], times[TIMES - 1]);
        let told = match answer.status {
            200 if median < BOUND => String::new(),
            200 => "  TOO SLOW".into(),
            status => format!("  NOT ANSWERED: {status}"),
        };
        let millis = |time: Duration| time.as_secs_f64() * 1000.0;
        let (median, slowest, bytes) = (millis(median), millis(slowest), answer.body.len());
        println!("{path:<64} {median:>6.1} ms {slowest:>6.1} ms {bytes:>8}{told}");
    }

    fn timed(&self, path: &str, who: &Who) -> Duration {
        let begun = Instant::now();
        drop(get(self.daemon.web, path, who));
        begun.elapsed()
    }
}
