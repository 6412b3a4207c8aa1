//! A locked account's own mailbox is told, and gets no way out: whoever has stolen its password may read it.

use std::sync::Arc;
use std::time::Duration;

use alerts::AlertSettings;
use customers::{CustomerSettings, Directory, Language};
use model::WayOut;
use store::MemoryStore;
use testkit::{Relay, Stage, samples};

use crate::many::customers;
use crate::tickets::mailbox;
use crate::{Bench, MINUTE, assert_golden};

async fn bench(language: Option<Language>) -> Bench {
    let untrusting = |settings| AlertSettings { trust_account: false, ..settings };
    let mut bench = Bench::over(Arc::new(MemoryStore::default()), Relay::start().await, untrusting).await;
    bench.customers = language.map(customers);
    bench.outbox.reconfigure(bench.post().with_replies(Some(mailbox())));
    bench
}

fn leads_out(text: &str) -> bool {
    text.contains("Reply-To:") || text.contains("portreeve.example/b/")
}

#[tokio::test]
async fn the_owner_gets_the_letter_and_the_account_a_notice_in_every_language() {
    for language in Language::ALL {
        let bench = bench(Some(*language)).await;
        bench.begin("one", samples::account("bob@shop.example"), WayOut::Ticket);
        bench.outbox.flush().await;
        let mails = bench.relay.mails();
        let [letter, notice] = mails.as_slice() else { panic!("{} mails", mails.len()) };
        assert_eq!(letter.to, ["owner@owner.example", "postmaster"]);
        assert!(leads_out(&letter.text) && !letter.text.contains("To: <bob@"), "{}", letter.text);
        assert_eq!(notice.to, ["bob@shop.example"]);
        assert!(!leads_out(&notice.text), "{}", notice.text);
        assert!(notice.text.contains("Message-ID: <block-one.notice@mx1.provider.example>"), "{}", notice.text);
        assert_golden(&format!("{language}-account-notice.eml"), &notice.text.replace("\r\n", "\n"));
        assert_eq!(bench.job("one").told, ["owner@owner.example", "postmaster", "bob@shop.example"]);
        bench.end("one");
        bench.outbox.flush().await;
        let over = bench.relay.mails().pop().unwrap();
        assert_eq!(over.to, ["bob@shop.example"]);
        assert!(!leads_out(&over.text), "{}", over.text);
    }
}

#[tokio::test]
async fn where_nobody_else_is_known_operators_have_the_way_out() {
    let bench = bench(None).await;
    bench.begin("one", samples::account("bob@shop.example"), WayOut::Ticket);
    bench.outbox.flush().await;
    let mails = bench.relay.mails();
    assert_eq!(
        (mails[0].to.as_slice(), mails[1].to.as_slice()),
        (&["postmaster".into()][..], &["bob@shop.example".into()][..])
    );
    assert!(leads_out(&mails[0].text) && !leads_out(&mails[1].text));
    assert!(mails[1].text.contains("from another mailbox or by telephone"), "{}", mails[1].text);
    let ticket = bench.store.ticket_of(&samples::reference("one")).unwrap().unwrap();
    let answer =
        |ticket: &mut customers::ticket::Ticket| ticket.support_wrote("Please call.", model::Timestamp(1)).map(Some);
    bench.store.step(ticket.id, &answer).unwrap().unwrap().unwrap();
    bench.after(MINUTE).await;
    let told = bench.relay.mails().pop().unwrap();
    assert_eq!(told.to, ["postmaster"], "the conversation isn't led with whoever reads the locked mailbox");
}

#[tokio::test]
async fn the_locked_mailbox_is_no_contact_even_where_it_is_entered_as_one() {
    let mut bench = bench(None).await;
    let file = "[[customer]]\nservice = 'one'\ncontact = ['owner@owner.example']\naccounts = ['owner@owner.example']\n";
    bench.customers = Some(Arc::new(Directory::parse(file, &CustomerSettings::default()).unwrap()));
    bench.outbox.reconfigure(bench.post().with_replies(Some(mailbox())));
    bench.begin("one", samples::account("owner@owner.example"), WayOut::Ticket);
    bench.outbox.flush().await;
    let mails = bench.relay.mails();
    assert_eq!(mails.len(), 2);
    assert!(mails.iter().filter(|mail| leads_out(&mail.text)).all(|mail| mail.to == ["postmaster"]));
}

#[tokio::test]
async fn each_form_is_sent_once_when_one_of_them_has_to_wait() {
    let bench = bench(Some(Language::En)).await;
    bench.relay.answer_recipient("bob@shop.example", "450 4.2.1 mailbox busy");
    bench.begin("one", samples::account("bob@shop.example"), WayOut::Ticket);
    bench.outbox.flush().await;
    assert!(bench.job("one").sent.is_none());
    bench.relay.work();
    bench.after(MINUTE).await;
    let to: Vec<_> = bench.relay.mails().into_iter().map(|mail| mail.to.len()).collect();
    assert_eq!(to, [2, 1]);
    bench.relay.answer(Stage::Mail, "550 5.7.1 not you");
    bench.begin("two", samples::account("bob@shop.example"), WayOut::Ticket);
    bench.outbox.flush().await;
    let error = bench.job("two").last_error.unwrap();
    assert_eq!(error.matches("not you").count(), 1, "the same trouble is told once: {error}");
    bench.after(Duration::from_secs(6 * 86_400)).await;
    assert!(bench.job("two").given_up.is_some());
}
