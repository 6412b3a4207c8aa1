//! Signed links of letters: made, followed, revoked.

use model::{BlockRef, Timestamp, WebDoor};

use super::{Gate, Result, key_file};
use crate::error::AccessError;
use crate::link::{self, LinkError};
use crate::principal::{Actor, Principal, Reach};
use crate::store::Drawer;
use crate::visitor::Visitor;

/// The name under which it is kept when all links were revoked.
const ALL: &str = "*";

impl Gate {
    /// The token of a link to that block, from now on for as long as the settings say; `None` without a key.
    pub fn link_to(&self, block: &BlockRef) -> Option<String> {
        link::sign(&self.site_keys(), block, self.clock.now(), self.settings().link_lifetime)
    }

    /// Who follows that link: a customer who reaches its block and nothing else.
    ///
    /// # Errors
    /// The outer one when it is one of too many forged ones from there, or the store fails; the inner one when it leads
    /// nowhere.
    pub fn follow(&self, token: &str, visitor: &Visitor) -> Result<std::result::Result<Actor, LinkError>> {
        let link = match link::verify(&self.site_keys(), token, self.clock.now()) {
            Ok(link) => link,
            Err(error) => {
                // Who comes with a link of ours that is too old guesses nothing: he reads the page twice.
                if error == LinkError::Forged {
                    self.wrong(WebDoor::Link, None, visitor)?;
                }
                return Ok(Err(error));
            }
        };
        for name in [link.block.as_str(), ALL] {
            let revoked = self.one::<Timestamp>(Drawer::Revocations, name)?;
            // Links know whole seconds: one that was made in the second of the revocation is revoked.
            if revoked.is_some_and(|revoked| link.issued <= revoked) {
                return Ok(Err(LinkError::Revoked));
            }
        }
        let name = format!("link of block {}", link.block);
        Ok(Ok(Actor { principal: Principal::Customer(Reach::Block(link.block)), name, client: visitor.client }))
    }

    /// Revokes the links that were made so far: of one block, or all.
    ///
    /// # Errors
    /// When the store fails.
    pub fn revoke_links(&self, block: Option<&BlockRef>) -> Result<()> {
        let now = self.clock.now();
        self.put(Drawer::Revocations, block.map_or(ALL, BlockRef::as_str), now, &now)
    }

    /// Makes a new key that signs from now on; what older ones signed is still believed. Returns how many there are.
    ///
    /// # Errors
    /// When the key file can't be written: the older keys stay in force.
    pub fn rotate_site_keys(&self) -> Result<u32> {
        let _alone = self.change();
        let rotated = self.site_keys().rotated()?;
        self.key_store.save(&rotated.to_text()).map_err(key_file)?;
        let number = rotated.newest();
        *self.site_keys.write().map_err(|_| AccessError::KeyFile("a thread died".into()))? = rotated;
        Ok(number)
    }
}
