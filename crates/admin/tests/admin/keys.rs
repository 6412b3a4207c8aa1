//! Keys, users, links and the audit log over the control socket.

use access::{AuditQuery, CredentialState, Grant};
use admin::{ControlClient, ControlError, GrantKey, NewKeyRequest, RevokeLinks, UserRequest};

use crate::world::{World, me};

fn wanted(application: bool, grant: Option<Grant>) -> NewKeyRequest {
    NewKeyRequest { name: "panel".into(), grant, application, lifetime: Some(60), by: "alice".into() }
}

#[tokio::test]
async fn keys_are_made_listed_and_revoked() {
    let door = World::new().control().await;
    let client = ControlClient::new(&door.path);
    let key = client.add_key(&wanted(false, Some(Grant::operator()))).await.unwrap();
    let id = key.key.as_ref().unwrap().id.clone();
    assert!(key.token.unwrap().starts_with("prk_"));
    let pair = client.add_key(&wanted(true, Some(Grant::customer(["shop"])))).await.unwrap();
    assert!(pair.secret.is_some() && pair.consumer_key.is_some());
    let credential = pair.credential.unwrap();
    let alice = format!("control alice as {}", me());
    assert_eq!((credential.state, credential.by), (CredentialState::Validated, alice));
    assert!(client.add_key(&wanted(false, None)).await.is_err());
    for name in [&id, &pair.application.unwrap().key, &credential.id.to_string()] {
        client.revoke_key(name, "alice").await.unwrap();
    }
    let list = client.keys().await.unwrap();
    assert!(list.keys[0].revoked.is_some() && list.applications[0].revoked.is_some());
    assert!(client.credentials().await.unwrap().credentials[0].expires.is_some());
    assert!(matches!(client.revoke_key("nokey", "alice").await, Err(ControlError::Unknown(_))));
    assert!(matches!(client.revoke_key("../users", "alice").await, Err(ControlError::Unknown(_))));
    let waits =
        GrantKey { consumer_key: "none".into(), grant: Some(Grant::operator()), lifetime: None, by: "alice".into() };
    assert!(client.answer_credential(false, &waits).await.is_err());
}

#[tokio::test]
async fn users_are_entered_and_taken_out_and_all_of_it_is_noted() {
    let world = World::new();
    let block = world.enforced("bob@shop.example");
    let door = world.control().await;
    let client = ControlClient::new(&door.path);
    let user = |password: &str, grant| UserRequest {
        name: "ann".into(),
        grant,
        password: password.into(),
        by: "alice".into(),
    };
    assert!(client.add_user(&user("short", Some(Grant::operator()))).await.is_err());
    client.add_user(&user("correct horse", Some(Grant::operator()))).await.unwrap();
    client.set_password(&user("another horse", None)).await.unwrap();
    assert_eq!(client.users().await.unwrap().users.len(), 1);
    client.remove_user(&user("", None)).await.unwrap();
    assert!(matches!(client.remove_user(&user("", None)).await, Err(ControlError::Unknown(_))));
    client.revoke_links(&RevokeLinks { block: None, by: "alice".into() }).await.unwrap();
    assert_eq!(client.rotate_keys("alice").await.unwrap().number, 2);
    client.unblock(block.reference.as_str(), "al ice").await.unwrap();
    let query = AuditQuery {
        action: Some("block.release".into()),
        who: Some(format!("control al ice as {}", me())),
        ..AuditQuery::default()
    };
    let noted = client.audit(&query).await.unwrap().entries;
    assert_eq!(noted.len(), 1);
    assert_eq!(noted[0].on, format!("block {}", block.reference));
    let all = client.audit(&AuditQuery::default()).await.unwrap().entries;
    assert!(all.iter().all(|line| !line.detail.contains("horse")));
    assert!(all.len() >= 7, "{all:?}");
}
