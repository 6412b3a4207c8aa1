//! The journal that a daemon writes, replayed: the same configuration finds what happened, another one what would have.

use serde_json::Value;

use crate::harness::{Milter, Page, Site, post, samples};

#[tokio::test(flavor = "multi_thread")]
async fn a_replay_under_the_same_configuration_finds_the_same_blocks_and_counts() {
    let mut site = site_with_journal().await;
    let (refused, sent) = play(&site).await;
    let found = replay(&site, 1);
    assert_eq!(found["blocks"].as_array().map(Vec::len), Some(1), "{found}");
    assert_eq!(found["blocks"][0]["subject"]["name"], "thief@shop.example");
    assert_eq!(found["blocks"][0]["rule"], "account-spam-burst");
    assert_eq!(found["then"]["blocks"][0]["subject"]["name"], "thief@shop.example");
    assert_eq!(found["messages"]["messages"], sent);
    let tally = |name: &str| found["messages"][name].as_u64().unwrap_or_default();
    assert_eq!(tally("refused_as_spam") + tally("refused_as_blocked"), refused, "{found}");
    assert_eq!(tally("left"), sent - refused);
    assert_eq!(found["then"]["unknown"], 0, "{found}");
    let answers = found["then"]["answers"].as_object().unwrap();
    assert!(
        answers.keys().all(|change| ["accept -> accept", "reject -> reject"].contains(&change.as_str())),
        "{found}"
    );

    site.set("[score]\nspam = 5000\nreject = 0\n");
    let lenient = replay(&site, 0);
    assert_eq!(lenient["blocks"].as_array().map(Vec::len), Some(0), "{lenient}");
    assert!(lenient["then"]["unknown"].as_u64() > Some(0), "what was refused unread is named: {lenient}");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_api_says_of_a_configuration_who_would_have_been_blocked() {
    let site = site_with_journal().await;
    let (refused, sent) = play(&site).await;
    let recorded = site.path("journal");
    let daemon = site.start().await;
    let made = site.run(&["keys", "add", "test", "--role", "operator", "--json"]);
    let made: Value = serde_json::from_slice(&made.stdout).expect("JSON");
    let bearer = format!("Bearer {}", made["token"].as_str().expect("a token"));
    let asked = async |configuration: &str| {
        let fields = [("Authorization", &*bearer), ("Content-Type", "application/toml")];
        post(daemon.web(), "/api/replays", &fields, configuration).await
    };

    let in_force = found(&asked("").await);
    let told = replay(&site, 1);
    assert_eq!(in_force["messages"], told["messages"], "as the command line has it");
    for field in ["before", "refused_since", "rule"] {
        assert_eq!(in_force["blocks"][0][field], told["blocks"][0][field], "{field}");
    }
    assert_eq!(in_force["then"]["answers"], told["then"]["answers"]);
    assert_eq!(in_force["blocks"][0]["subject"]["name"], "thief@shop.example", "{in_force}");
    assert_eq!(in_force["then"]["blocks"][0]["subject"]["name"], "thief@shop.example");
    assert_eq!((&in_force["blocks_in_all"], &in_force["messages"]["messages"]), (&1.into(), &sent.into()));
    let tally = |name: &str| in_force["messages"][name].as_u64().unwrap_or_default();
    assert_eq!(tally("refused_as_spam") + tally("refused_as_blocked"), refused, "{in_force}");
    assert_eq!(tally("left"), sent - refused);

    let lenient = found(&asked("[score]\nspam = 5000\nreject = 0\n").await);
    assert_eq!(lenient["blocks_in_all"], 0, "{lenient}");
    assert!(lenient["then"]["unknown"].as_u64() > Some(0), "{lenient}");

    let wrong = asked("[score]\nspam = 'much'\n").await;
    assert_eq!(wrong.status, 422, "{}", wrong.body);
    let wrong: Value = serde_json::from_str(&wrong.body).expect("JSON");
    assert_eq!((&wrong["errors"][0]["field"], &wrong["errors"][0]["line"]), (&"score.spam".into(), &2.into()));

    std::fs::remove_dir_all(recorded).expect("it was there");
    let none = asked("").await;
    assert_eq!(none.status, 409, "{}", none.body);
}

fn found(page: &Page) -> Value {
    assert_eq!(page.status, 200, "{}", page.body);
    serde_json::from_str(&page.body).expect("JSON")
}

#[tokio::test(flavor = "multi_thread")]
async fn the_journal_survives_a_kill_and_tells_no_recipient() {
    let site = site_with_journal().await;
    let daemon = site.start().await;
    let mut session = Milter::session(&site.socket(), "bob@shop.example", "198.51.100.23").await;
    session.send("bob@shop.example", "jane.doe@far.example", &samples("ham")[0]).await;
    daemon.metric_reaches("portreeve_journal_entries_total", "written", 2.0).await;
    daemon.kill();
    let text = std::fs::read_to_string(site.path("journal/journal-00000001.jsonl")).expect("the journal is there");
    assert!(text.contains("bob@shop.example") && !text.contains("jane.doe"), "{text}");
    let found = replay(&site, 0);
    assert_eq!(found["messages"]["left"], 1, "{found}");
    assert_eq!(found["then"]["damaged_lines"], 0, "{found}");
}

/// A thief until he is blocked and some tries beyond, and ordinary mail beside: how many were refused, and how many sent.
async fn play(site: &Site) -> (u64, u64) {
    let daemon = site.start().await;
    let (spam, ham) = (samples("spam"), samples("ham"));
    let mut thief = Milter::session(&site.socket(), "thief@shop.example", "203.0.113.7").await;
    let mut person = Milter::session(&site.socket(), "anna@shop.example", "198.51.100.23").await;
    let (mut refused, mut sent) = (0, 0);
    for count in 0..14 {
        let mail = spam[count % spam.len()].renumbered(&format!("<{count}@shop.example>"));
        let to = format!("victim{count}@far.example");
        let verdicts = [
            thief.send("thief@shop.example", &to, &mail).await,
            person.send("anna@shop.example", "friend@far.example", &ham[count % ham.len()]).await,
        ];
        sent += 2;
        refused += verdicts.iter().filter(|verdict| !matches!(verdict.command, 'a' | 'c')).count() as u64;
    }
    assert!(refused > 5, "the thief was blocked");
    let mut daemon = daemon;
    daemon.signal("TERM");
    daemon.ended().await;
    (refused, sent)
}

async fn site_with_journal() -> Site {
    let mut site = Site::new("").await;
    let directory = site.path("journal");
    site.set(&format!("[journal]\ndirectory = \"{}\"\n", directory.display()));
    site
}

fn replay(site: &Site, code: i32) -> Value {
    let output = site.run(&["replay", "--json", &site.path("journal").display().to_string()]);
    let said = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(code), "{said}\n{}", String::from_utf8_lossy(&output.stdout));
    serde_json::from_slice(&output.stdout).expect("JSON")
}
