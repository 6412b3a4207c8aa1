//! The signed links of letters.

use access::Action;
use axum::routing::{delete, post};

use super::Answer;
use super::call::{Call, Named};
use super::problem::Problem;
use super::routes::Route;
use super::schema::wire;

pub(super) fn routes() -> Vec<Route> {
    use Action::ManageAccess;
    let one = "/api/blocks/{reference}/links";
    vec![
        Route::removes::<LinksRevoked>("/api/links", ManageAccess, "Let every link lead nowhere", delete(revoke_all)),
        Route::makes::<LinkMade>(one, ManageAccess, "Make a new link to a block, for its owner", post(make)),
        Route::removes::<LinksRevoked>(one, ManageAccess, "Let a block's links lead nowhere", delete(revoke)),
        Route::does::<LinksRotated>("/api/links/rotate", ManageAccess, "Sign links with a new key", post(rotate)),
    ]
}

wire! {
    /// A link that leads to one block until it is too old or revoked.
    LinkMade {
        /// The block's reference.
        block: String,
        /// The page that it opens, without a password.
        link: String,
    }
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

async fn make(call: Call, Named(text): Named<String>) -> Answer<LinkMade> {
    call.by_staff(Action::ManageAccess, move |native, actor| {
        let block = native.block_for(actor, Action::ManageAccess, &text)?.reference;
        native.note(actor, Action::ManageAccess, &format!("links of block {block}"), "new")?;
        let key = native.gate.link_to(&block).ok_or_else(|| Problem::broken("there is no key to sign with"))?;
        Ok(LinkMade { link: format!("{}/console/case/{key}", native.base), block: block.to_string() })
    })
    .await
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
