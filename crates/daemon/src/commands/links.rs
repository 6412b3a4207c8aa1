//! `portreeve links`: the signed links of letters.

use std::path::Path;
use std::process::ExitCode;

use admin::{ControlClient, ControlError, MakeLink, RevokeLinks};

use super::operator::by;
use crate::args::LinksCommand;
use crate::config::Config;
use crate::out::say;
use crate::serve::control_socket;

pub(crate) fn run(config: Option<&Path>, command: &LinksCommand) -> anyhow::Result<ExitCode> {
    let config = Config::load(config)?;
    let client = ControlClient::new(control_socket(&config.store.path));
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let done = runtime.block_on(async {
        match command {
            LinksCommand::New { block } => new(&client, block, &config.web.base(None)).await,
            LinksCommand::Revoke { block, .. } => revoke(&client, block.as_deref()).await,
            LinksCommand::Rotate => rotate(&client).await,
        }
    });
    match done {
        Err(ControlError::Unknown(sentence)) => {
            say!("{sentence}.");
            Ok(ExitCode::from(1))
        }
        done => Ok(done.map(|()| ExitCode::SUCCESS)?),
    }
}

async fn new(client: &ControlClient, block: &str, base: &str) -> Result<(), ControlError> {
    let made = client.make_link(&MakeLink { block: block.to_owned(), by: by() }).await?;
    say!("{base}/console/case/{}", made.key);
    Ok(())
}

async fn revoke(client: &ControlClient, block: Option<&str>) -> Result<(), ControlError> {
    let revoked = client.revoke_links(&RevokeLinks { block: block.map(str::to_owned), by: by() }).await?;
    let whose = revoked.block.map_or_else(|| "All links".to_owned(), |block| format!("The links of block {block}"));
    say!("{whose} that were sent so far lead nowhere now.");
    Ok(())
}

async fn rotate(client: &ControlClient) -> Result<(), ControlError> {
    let number = client.rotate_keys(&by()).await?.number;
    say!("Key {number} signs from now on; older links stay good until their time is over.");
    Ok(())
}
