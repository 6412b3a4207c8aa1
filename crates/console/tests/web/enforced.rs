//! A block that is in force and not on disk yet is on every page, as the mail servers know it already.

use model::{AccountName, Identity};

use crate::world::{NOW, World};

#[tokio::test]
async fn what_the_disk_does_not_know_is_shown_all_the_same() {
    let world = World::new().await;
    let eve = Identity { account: AccountName::from_login("eve@shop.example"), ..Identity::default() };
    let (block, _) = ground::trip(&world.ledger, &eve, None, NOW);
    for (who, path) in [
        ("anna", "/console/blocks"),
        ("anna", "/console/blocks?q=eve"),
        ("anna", "/console/blocks.csv"),
        ("anna", "/console/subjects/account/eve@shop.example"),
        ("anna", "/console/"),
        ("shop", "/console/"),
    ] {
        let page = world.invited(who).await.get(path).await;
        assert!(page.status == 200 && page.body.contains(block.reference.as_str()), "{who} {path}: {}", page.body);
    }
    let page = world.invited("anna").await.get("/console/subjects/account/eve@shop.example").await.body;
    assert!(page.contains("class=\"state blocked\""), "{page}");
}
