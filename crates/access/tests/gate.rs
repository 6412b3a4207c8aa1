//! The gate over a store in memory and a clock that is driven.
#![cfg(test)]

use std::sync::Arc;
use std::time::Duration;

use access::{
    AccessError, AccessRule, AccessStore, Action, Actor, AuditQuery, CredentialState, Drawer, Gate, Grant, LinkError,
    NewCredential, Owner, Visitor, WebSettings, csrf_token_fits, may,
};
use model::event::NoEvents;
use model::time::ManualClock;
use model::{BlockRef, Timestamp};
use store::MemoryAccess;

const MINUTE: Duration = Duration::from_secs(60);

struct World {
    clock: ManualClock,
    store: Arc<MemoryAccess>,
    gate: Gate,
}

impl World {
    fn new() -> Self {
        let clock = ManualClock::at(Timestamp::from_secs(1_700_000_000));
        let store = Arc::new(MemoryAccess::default());
        let gate = open(&store, &clock);
        Self { clock, store, gate }
    }
}

fn open(store: &Arc<MemoryAccess>, clock: &ManualClock) -> Gate {
    let settings = WebSettings { guesses_per_minute: 3, ..WebSettings::default() };
    Gate::open(&settings, Arc::clone(store) as _, Arc::clone(store) as _, Arc::new(clock.clone()), Arc::new(NoEvents))
        .unwrap()
}

fn from(address: &str) -> Visitor {
    Visitor { client: address.parse().ok(), https: true }
}

fn somewhere() -> Visitor {
    from("192.0.2.7")
}

fn shop() -> Grant {
    Grant::customer(["shop"])
}

#[test]
fn a_key_opens_what_it_was_given_until_it_is_over_or_revoked() {
    let world = World::new();
    let gate = &world.gate;
    let new = gate.add_key("panel", shop(), Some(MINUTE * 10)).unwrap();
    let actor = gate.bearer(&new.token, &somewhere()).unwrap();
    assert!(may(&actor.principal, Action::SeeBlock, Owner::Service("shop")).is_allowed());
    assert_eq!(actor.name, format!("key {} (panel)", new.key.id));
    assert_eq!(gate.keys().unwrap()[0].last_use, Some(gate.now()));
    world.clock.advance(MINUTE * 10);
    assert!(matches!(gate.bearer(&new.token, &somewhere()), Err(AccessError::Expired)));
    let other = gate.add_key("other", Grant::operator(), None).unwrap();
    gate.revoke_key(&other.key.id).unwrap();
    assert!(matches!(gate.bearer(&other.token, &somewhere()), Err(AccessError::Expired)));
    assert!(matches!(gate.revoke_key("none"), Err(AccessError::Unknown(_))));
}

#[test]
fn nothing_that_is_kept_lets_anybody_in() {
    let world = World::new();
    let token = world.gate.add_key("panel", Grant::operator(), None).unwrap().token;
    world.gate.add_user("ann", Grant::operator(), "correct horse").unwrap();
    let (session, _) = world.gate.log_in("ann", "correct horse", &somewhere()).unwrap();
    let issued = world.gate.add_application("script").unwrap();
    let wanted = NewCredential { rules: AccessRule::everything(), ..NewCredential::default() };
    let (consumer, _) = world.gate.request_credential(&issued.application.key, wanted, &somewhere()).unwrap();
    let kept: String = Drawer::ALL
        .iter()
        .flat_map(|drawer| world.store.records(*drawer, 99).unwrap())
        .map(|(name, record)| format!("{name} {record}\n"))
        .collect();
    for secret in [&token, &session, &issued.secret, &consumer, "correct horse"] {
        assert!(!kept.contains(secret), "{secret} stands in {kept}");
    }
    assert!(matches!(world.gate.bearer(&session, &somewhere()), Err(AccessError::Invalid)));
}

#[test]
fn whoever_guesses_is_turned_away_with_his_network_and_a_name_with_him() {
    let world = World::new();
    let gate = &world.gate;
    let token = gate.add_key("panel", Grant::operator(), None).unwrap().token;
    for _ in 0..3 {
        assert!(matches!(gate.bearer("prk_wrong", &from("2001:db8::1")), Err(AccessError::Invalid)));
    }
    assert!(matches!(gate.bearer("prk_wrong", &from("2001:db8::2")), Err(AccessError::TooMany)));
    assert!(matches!(gate.bearer("prk_wrong", &from("2001:db8:0:1::1")), Err(AccessError::Invalid)));
    assert!(gate.bearer(&token, &from("2001:db8::2")).is_ok(), "nobody guesses a right key: it is let in");
    gate.add_user("ann", Grant::operator(), "correct horse").unwrap();
    for host in 0..15 {
        let visitor = from(&format!("198.51.100.{host}"));
        assert!(matches!(gate.log_in("Ann", "wrong", &visitor), Err(AccessError::Invalid)));
    }
    assert!(matches!(gate.log_in("ann", "correct horse", &somewhere()), Err(AccessError::TooMany)));
    world.clock.advance(MINUTE);
    assert!(gate.log_in("ann", "correct horse", &somewhere()).is_ok());
}

#[test]
fn wrong_passwords_keep_no_key_session_or_link_out_and_wrong_keys_no_password() {
    let world = World::new();
    let gate = &world.gate;
    let token = gate.add_key("panel", Grant::operator(), None).unwrap().token;
    gate.add_user("ann", Grant::operator(), "correct horse").unwrap();
    let (session, _) = gate.log_in("ann", "correct horse", &somewhere()).unwrap();
    for _ in 0..10 {
        drop(gate.log_in("bob", "wrong", &somewhere()));
    }
    assert!(matches!(gate.log_in("ann", "correct horse", &somewhere()), Err(AccessError::TooMany)));
    let link = gate.link_to(&BlockRef::new("aaaaaaaaaaaaaaaa").unwrap()).unwrap();
    assert!(gate.bearer(&token, &somewhere()).is_ok());
    assert!(gate.session(&session, &somewhere()).unwrap().is_some());
    assert!(gate.follow(&link, &somewhere()).unwrap().is_ok());
    let elsewhere = from("198.51.100.77");
    for _ in 0..10 {
        drop(gate.bearer("prk_wrong", &elsewhere));
    }
    assert!(gate.log_in("ann", "correct horse", &elsewhere).is_ok());
}

#[test]
fn a_session_survives_a_restart_and_ends_by_time_password_and_log_out() {
    let world = World::new();
    world.gate.add_user("Ann", shop(), "correct horse").unwrap();
    let log_in = || world.gate.log_in("ann", "correct horse", &somewhere()).unwrap();
    let (id, signed_in) = log_in();
    assert!(csrf_token_fits(&id, &signed_in.csrf));
    let gate = open(&world.store, &world.clock);
    let back = gate.session(&id, &somewhere()).unwrap().unwrap();
    assert_eq!((back.user.as_str(), &back.grant, &back.actor), ("ann", &shop(), &signed_in.actor));
    for _ in 0..14 {
        world.clock.advance(MINUTE * 50);
        assert!(gate.session(&id, &somewhere()).unwrap().is_some(), "he is busy");
    }
    world.clock.advance(MINUTE * 50);
    assert!(gate.session(&id, &somewhere()).unwrap().is_none(), "twelve hours are over");
    let (idle, _) = log_in();
    world.clock.advance(MINUTE * 60);
    assert!(gate.session(&idle, &somewhere()).unwrap().is_none());
    let (ended, _) = log_in();
    gate.log_out(&ended).unwrap();
    assert!(gate.session(&ended, &somewhere()).unwrap().is_none());
    let (other, _) = log_in();
    gate.set_password("ann", "another horse").unwrap();
    assert!(gate.session(&other, &somewhere()).unwrap().is_none());
    let (last, _) = gate.log_in("ann", "another horse", &somewhere()).unwrap();
    gate.remove_user("ann").unwrap();
    assert!(gate.session(&last, &somewhere()).unwrap().is_none());
}

#[test]
fn a_name_is_taken_once_and_grants_fit() {
    let gate = World::new().gate;
    gate.add_user("ann", shop(), "correct horse").unwrap();
    for (name, grant, password) in [
        ("ANN", shop(), "correct horse"),
        ("", shop(), "correct horse"),
        ("bob", Grant::customer(Vec::<String>::new()), "correct horse"),
        ("bob", Grant { services: ["x".to_owned()].into(), ..Grant::operator() }, "correct horse"),
        ("bob", shop(), "short"),
    ] {
        assert!(matches!(gate.add_user(name, grant, password), Err(AccessError::Unfit(_))), "{name}");
    }
    assert_eq!(gate.users().unwrap().len(), 1);
    assert_eq!(gate.users().unwrap()[0].password, "");
}

#[test]
fn a_link_reaches_its_block_until_it_is_revoked_and_survives_new_keys() {
    let world = World::new();
    let [one, other] = ["aaaaaaaaaaaaaaaa", "bbbbbbbbbbbbbbbb"].map(|name| BlockRef::new(name).unwrap());
    let [first, second] = [&one, &other].map(|block| world.gate.link_to(block).unwrap());
    assert_eq!(world.gate.rotate_site_keys().unwrap(), 2);
    let gate = open(&world.store, &world.clock);
    let actor = gate.follow(&first, &somewhere()).unwrap().unwrap();
    let own = Owner::Block { service: "", reference: &one };
    assert!(may(&actor.principal, Action::SeeEvidence, own).is_allowed());
    assert!(!may(&actor.principal, Action::SeeEvidence, Owner::Block { service: "", reference: &other }).is_allowed());
    gate.revoke_links(Some(&one)).unwrap();
    assert_eq!(gate.follow(&first, &somewhere()).unwrap(), Err(LinkError::Revoked));
    assert!(gate.follow(&second, &somewhere()).unwrap().is_ok());
    world.clock.advance(MINUTE);
    let again = gate.link_to(&one).unwrap();
    assert!(gate.follow(&again, &somewhere()).unwrap().is_ok());
    gate.revoke_links(None).unwrap();
    assert_eq!(gate.follow(&again, &somewhere()).unwrap(), Err(LinkError::Revoked));
    for _ in 0..3 {
        assert_eq!(gate.follow("x.1.1.1.1", &somewhere()).unwrap(), Err(LinkError::Forged));
    }
    assert!(matches!(gate.follow("x.1.1.1.1", &somewhere()), Err(AccessError::TooMany)));
    let fresh = gate.link_to(&other).unwrap();
    world.clock.advance(Duration::from_secs(1));
    assert_eq!(gate.follow(&fresh, &somewhere()).unwrap(), Err(LinkError::Revoked), "told why, not turned away");
}

#[test]
fn an_old_link_is_no_guess_however_often_it_is_followed() {
    let world = World::new();
    let old = world.gate.link_to(&BlockRef::new("aaaaaaaaaaaaaaaa").unwrap()).unwrap();
    world.clock.advance(WebSettings::default().link_lifetime);
    for _ in 0..10 {
        assert_eq!(world.gate.follow(&old, &somewhere()).unwrap(), Err(LinkError::Expired));
    }
    world.gate.add_user("ann", shop(), "correct horse").unwrap();
    assert!(world.gate.log_in("ann", "correct horse", &somewhere()).is_ok(), "the page says that he may");
}

#[test]
fn a_consumer_key_is_asked_for_granted_used_and_ended() {
    let world = World::new();
    let gate = &world.gate;
    let issued = gate.add_application("script").unwrap();
    let key = &issued.application.key;
    assert_eq!((key.len(), issued.secret.len()), (16, 32));
    assert_eq!(gate.application(key).unwrap().as_ref(), Some(&issued));
    let wanted = NewCredential { rules: AccessRule::everything(), ..NewCredential::default() };
    let wanted = NewCredential { allowed_ips: vec!["192.0.2.0/24".parse().unwrap()], ..wanted };
    let (token, asked) = gate.request_credential(key, wanted.clone(), &somewhere()).unwrap();
    assert_eq!(asked.state, CredentialState::PendingValidation);
    let line = gate.audit(&AuditQuery::default()).unwrap().remove(0);
    let who = format!("application {} (script)", issued.application.id);
    assert_eq!((line.who, line.on, line.detail), (who, format!("credential {}", asked.id), "ask".to_owned()));
    let use_it = |from: &Visitor| {
        let credential = gate.credential(key, &token, from).unwrap().unwrap();
        gate.use_credential(&token, &credential, from)
    };
    assert!(use_it(&somewhere()).is_err(), "nobody has granted it");
    let by = Actor::at_the_socket("ann");
    let validation = Gate::validation_token(&token);
    assert_eq!(gate.waiting_credential(&validation).unwrap().1, asked);
    gate.grant_credential(&validation, shop(), &by, Some(MINUTE * 5)).unwrap();
    assert!(gate.refuse_credential(&validation, &by).is_err(), "it waits no more");
    let actor = use_it(&somewhere()).unwrap();
    assert_eq!(actor.principal, shop().principal());
    assert!(use_it(&from("198.51.100.1")).is_err(), "not from there");
    world.clock.advance(MINUTE * 5);
    assert!(use_it(&somewhere()).is_err(), "it is expired");
    let (refused, _) = gate.request_credential(key, wanted.clone(), &somewhere()).unwrap();
    gate.refuse_credential(&Gate::validation_token(&refused), &by).unwrap();
    let (second, granted) = gate.add_credential(key, wanted.clone(), shop(), &by, None).unwrap();
    assert_eq!(granted.state, CredentialState::Validated);
    gate.end_credential(granted.id).unwrap();
    let credential = gate.credential(key, &second, &somewhere()).unwrap().unwrap();
    assert!(gate.use_credential(&second, &credential, &somewhere()).is_err());
    gate.revoke_application(key).unwrap();
    assert!(matches!(gate.credential(key, &second, &somewhere()), Err(AccessError::Invalid)));
    for _ in 0..3 {
        drop(gate.request_credential("none", wanted.clone(), &somewhere()));
    }
    assert!(matches!(gate.request_credential(key, wanted, &somewhere()), Err(AccessError::TooMany)));
}

#[test]
fn what_was_done_stands_in_the_log_on_one_line() {
    let gate = World::new().gate;
    gate.note(&Actor::at_the_socket("ann"), Action::Release, "block x", "a\nb").unwrap();
    let line = gate.audit(&AuditQuery::default()).unwrap().remove(0);
    assert_eq!(
        (line.who.as_str(), line.role.as_str(), line.action.as_str()),
        ("control ann", "operator", "block.release")
    );
    assert_eq!((line.on.as_str(), line.detail.as_str(), line.client), ("block x", "ab", None));
}

#[test]
fn looks_at_the_same_evidence_are_one_line_in_five_minutes() {
    let world = World::new();
    let (ann, see) = (Actor::at_the_socket("ann"), Action::SeeEvidence);
    let lines = || world.gate.audit(&AuditQuery::default()).unwrap();
    for _ in 0..3 {
        world.gate.note(&ann, see, "block x", "").unwrap();
        world.clock.advance(Duration::from_secs(20));
    }
    assert_eq!(lines().len(), 1);
    world.gate.note(&ann, see, "block y", "").unwrap();
    world.gate.note(&Actor::at_the_socket("bob"), see, "block x", "").unwrap();
    for _ in 0..2 {
        world.gate.note(&ann, Action::Release, "block x", "").unwrap();
    }
    assert_eq!(lines().len(), 5, "another block, another reader, and every change");
    world.clock.advance(Duration::from_secs(300));
    world.gate.note(&ann, see, "block x", "").unwrap();
    assert_eq!(lines().remove(0).detail, "2 more after the line before");
}

#[test]
fn what_is_over_is_forgotten() {
    let world = World::new();
    world.gate.add_user("ann", shop(), "correct horse").unwrap();
    world.gate.log_in("ann", "correct horse", &somewhere()).unwrap();
    world.gate.note(&Actor::at_the_socket("ann"), Action::Release, "block x", "").unwrap();
    world.clock.advance(Duration::from_secs(401 * 86_400));
    world.gate.prune().unwrap();
    assert_eq!(world.store.records(Drawer::Sessions, 9).unwrap(), []);
    assert_eq!(world.store.records(Drawer::Users, 9).unwrap().len(), 1);
    assert_eq!(world.gate.audit(&AuditQuery::default()).unwrap(), []);
}

#[test]
fn an_invitation_logs_in_once_and_not_too_late() {
    let world = World::new();
    let gate = &world.gate;
    gate.add_user("Ann", Grant::operator(), "correct horse battery").unwrap();
    assert!(matches!(gate.invite("bob", MINUTE), Err(AccessError::Unknown(_))));
    let token = gate.invite("ann", MINUTE).unwrap();
    assert!(matches!(gate.follow_invitation(&token[1..], &somewhere()), Err(AccessError::Invalid)));
    let (session, signed_in) = gate.follow_invitation(&token, &somewhere()).unwrap();
    assert_eq!(signed_in.actor.name, "user ann");
    assert!(gate.session(&session, &somewhere()).unwrap().is_some());
    assert!(matches!(gate.follow_invitation(&token, &somewhere()), Err(AccessError::Invalid)), "once");
    let late = gate.invite("ann", MINUTE).unwrap();
    world.clock.advance(MINUTE);
    assert!(matches!(gate.follow_invitation(&late, &from("192.0.2.8")), Err(AccessError::Invalid)), "too late");
    let lost = gate.invite("ann", MINUTE).unwrap();
    gate.remove_user("ann").unwrap();
    assert!(matches!(gate.follow_invitation(&lost, &from("192.0.2.9")), Err(AccessError::Invalid)), "nobody any more");
}

#[test]
fn who_is_disabled_is_out_until_he_is_let_in_again() {
    let world = World::new();
    let gate = &world.gate;
    gate.add_user("Ann", Grant::operator(), "correct horse battery").unwrap();
    let (session, _) = gate.log_in("ann", "correct horse battery", &somewhere()).unwrap();
    let invited = gate.invite("ann", MINUTE).unwrap();
    assert!(gate.set_disabled("ANN", true).unwrap().disabled);
    assert!(gate.session(&session, &somewhere()).unwrap().is_none());
    assert!(matches!(gate.log_in("ann", "correct horse battery", &from("192.0.2.7")), Err(AccessError::Invalid)));
    assert!(matches!(gate.follow_invitation(&invited, &from("192.0.2.8")), Err(AccessError::Invalid)));
    assert!(!gate.set_disabled("ann", false).unwrap().disabled);
    assert!(gate.session(&session, &somewhere()).unwrap().is_none(), "his session ended");
    assert!(gate.log_in("ann", "correct horse battery", &from("192.0.2.9")).is_ok());
    assert!(matches!(gate.set_disabled("bob", true), Err(AccessError::Unknown(_))));
}

#[test]
fn another_role_is_in_force_in_sessions_that_go_on() {
    let world = World::new();
    let gate = &world.gate;
    gate.add_user("ann", Grant::operator(), "correct horse battery").unwrap();
    let (session, _) = gate.log_in("ann", "correct horse battery", &somewhere()).unwrap();
    assert_eq!(gate.set_grant("ann", Grant::customer(["shop"])).unwrap().password, "");
    let signed_in = gate.session(&session, &somewhere()).unwrap().unwrap();
    assert_eq!(signed_in.grant, Grant::customer(["shop"]));
    assert!(matches!(gate.set_grant("ann", Grant::customer::<String>([])), Err(AccessError::Unfit(_))));
    assert!(gate.log_in("ann", "correct horse battery", &somewhere()).is_ok(), "his password is the same");
}

#[test]
fn invitations_are_not_guessed_and_not_given_out_without_end() {
    let world = World::new();
    let gate = &world.gate;
    gate.add_user("ann", Grant::operator(), "correct horse battery").unwrap();
    let given = (0..200).map_while(|_| gate.invite("ann", MINUTE).ok()).count();
    assert_eq!(given, 100);
    world.clock.advance(MINUTE);
    let token = gate.invite("ann", MINUTE).unwrap();
    for _ in 0..3 {
        assert!(matches!(gate.follow_invitation("0000", &somewhere()), Err(AccessError::Invalid)));
    }
    assert!(matches!(gate.follow_invitation("0000", &somewhere()), Err(AccessError::TooMany)));
    assert!(gate.follow_invitation(&token, &somewhere()).is_ok(), "the right one is no guess");
    assert!(matches!(gate.follow_invitation(&token, &from("198.51.100.1")), Err(AccessError::Invalid)), "once");
}
