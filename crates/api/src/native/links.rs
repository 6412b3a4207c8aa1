//! The signed links of letters.

use access::Action;
use axum::routing::{delete, post};

use super::Answer;
use super::call::{Call, Named};
use super::routes::Route;
use super::schema::wire;

pub(super) fn routes() -> Vec<Route> {
    use Action::ManageAccess;
    let one = "/api/blocks/{reference}/links";
    vec![
        Route::removes::<LinksRevoked>("/api/links", ManageAccess, "Let every link lead nowhere", delete(revoke_all)),
        Route::removes::<LinksRevoked>(one, ManageAccess, "Let a block's links lead nowhere", delete(revoke)),
        Route::does::<LinksRotated>("/api/links/rotate", ManageAccess, "Sign links with a new key", post(rotate)),
    ]
}

wire! {
    /// Links lead nowhere from now on.
    LinksRevoked {
        /// The reference of the block whose links are meant; null: all.
        block: Option<String>,
    }
    /// A new key signs links; what older ones signed stays good until its time is over.
    LinksRotated {
        /// How many keys there are.
        keys: u32,
    }
}

async fn revoke_all(call: Call) -> Answer<LinksRevoked> {
    call.by_staff(Action::ManageAccess, |native, actor| {
        native.note(actor, Action::ManageAccess, "all links", "revoke")?;
        native.gate.revoke_links(None)?;
        Ok(LinksRevoked { block: None })
    })
    .await
}

async fn revoke(call: Call, Named(text): Named<String>) -> Answer<LinksRevoked> {
    call.by_staff(Action::ManageAccess, move |native, actor| {
        let block = native.block_for(actor, Action::ManageAccess, &text)?.reference;
        native.note(actor, Action::ManageAccess, &format!("links of block {block}"), "revoke")?;
        native.gate.revoke_links(Some(&block))?;
        Ok(LinksRevoked { block: Some(block.to_string()) })
    })
    .await
}

async fn rotate(call: Call) -> Answer<LinksRotated> {
    call.by_staff(Action::ManageAccess, |native, actor| {
        native.note(actor, Action::ManageAccess, "key file", "rotate")?;
        Ok(LinksRotated { keys: native.gate.rotate_site_keys()? })
    })
    .await
}
