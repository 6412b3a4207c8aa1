//! `portreeve links`: the signed links of letters.

use std::path::Path;
use std::process::ExitCode;

use admin::{ControlClient, RevokeLinks};

use super::operator::by;
use crate::args::LinksCommand;
use crate::config::Config;
use crate::out::say;
use crate::serve::control_socket;

pub(crate) fn run(config: Option<&Path>, command: &LinksCommand) -> anyhow::Result<ExitCode> {
    let client = ControlClient::new(control_socket(&Config::load(config)?.store.path));
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(async {
        match command {
            LinksCommand::Revoke { block, .. } => {
                let revoked = client.revoke_links(&RevokeLinks { block: block.clone(), by: by() }).await?;
                let whose =
                    revoked.block.map_or_else(|| "All links".to_owned(), |block| format!("The links of block {block}"));
                say!("{whose} that were sent so far lead nowhere now.");
            }
            LinksCommand::Rotate => {
                let number = client.rotate_keys(&by()).await?.number;
                say!("Key {number} signs from now on; older links stay good until their time is over.");
            }
        }
        Ok(ExitCode::SUCCESS)
    })
}
