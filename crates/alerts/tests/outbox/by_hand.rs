//! Blocks that operators have decided, in letters about many: nothing is said of messages that nobody has seen.

use customers::Language;
use limits::AlertJob;
use model::standing::CounterKind;
use model::{Block, Reason, SubjectKey, WayOut};
use testkit::samples;

use super::many::{WITHIN, address, bench_in, few};
use super::{Bench, Duration, assert_golden};

const HOUR: Duration = Duration::from_secs(3600);

impl Bench {
    /// An operator blocks somebody now.
    fn decide(&self, name: &str, subject: SubjectKey, way_out: WayOut) {
        let reason = Reason::by_hand("the password was stolen", CounterKind::Spam, 0, HOUR);
        let block = samples::block(name, self.now());
        let automatic_release = way_out == WayOut::Time;
        let block = Block { subject, way_out, automatic_release, reason, messages: 0, spam: 0, ..block };
        let alert = AlertJob::first(&block, "mx1.provider.example");
        self.store.open_block(&block, &[], Some(&alert)).unwrap();
    }
}

/// The one letter about four blocks, of which an operator has decided so many.
async fn collected(language: Language, decided: u32) -> String {
    let bench = bench_in(language, few).await;
    for number in 0..4 {
        let way_out = if number == 3 { WayOut::Password } else { WayOut::Time };
        match number {
            number if number < decided => bench.decide(&format!("block{number}"), address(number), way_out),
            number => bench.begin(&format!("block{number}"), address(number), way_out),
        }
    }
    bench.outbox.flush().await;
    bench.after(WITHIN).await;
    let told = bench.to("owner@owner.example");
    assert_eq!(told.len(), 1);
    told[0].replace("\r\n", "\n")
}

#[tokio::test]
async fn a_letter_about_many_says_who_has_decided_in_every_language() {
    for language in Language::ALL {
        for (name, decided) in [("by-hand", 4), ("mixed", 2)] {
            let letter = collected(*language, decided).await;
            for claimed in ["suspicious", "suspect", "verd=C3=A4chtig", "spam", "Spam"] {
                assert!(decided < 4 || !letter.contains(claimed), "{language}: {claimed}: {letter}");
            }
            assert_golden(&format!("{language}-collected-{name}.eml"), &letter);
        }
    }
}
