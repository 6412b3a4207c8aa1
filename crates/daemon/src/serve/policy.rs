//! What the configuration demands of the path of a message.

use std::net::SocketAddr;

use pipeline::Policy;

use crate::config::Config;

/// The policy of a configuration. `http` is the address that the HTTP listener really has.
pub(crate) fn policy(config: &Config, node: &str, http: Option<SocketAddr>) -> Policy {
    Policy {
        mode: config.node.mode,
        node: node.to_owned(),
        score: config.score.clone(),
        identity: config.identity.clone(),
        blocks: config.blocks.clone(),
        link: link(config, http),
        on_store_failure: match config.store.on_failure {
            store::OnFailure::Continue => pipeline::OnFailure::Continue,
            store::OnFailure::Tempfail => pipeline::OnFailure::Tempfail,
        },
        on_scorer_failure: config.node.on_scorer_failure,
        alerts: config.alerts.enabled,
    }
}

/// The operator's link, else the public address of the page or of the console, which has that page too, else the address
/// really listened on (port 0 was asked for).
pub(crate) fn link(config: &Config, http: Option<SocketAddr>) -> String {
    match (config.blocks.link.as_str(), &config.http.public_url, &config.web.public_url, http) {
        ("", None, Some(_), _) => format!("{}/b/{{ref}}", config.web.base(None)),
        ("", None, None, Some(address)) => format!("http://{address}/b/{{ref}}"),
        ("", ..) => config.http.link(),
        (link, ..) => link.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_refusal_leads_where_customers_can_go() {
        let really = "127.0.0.1:9".parse().ok();
        let leads = |text: &str| link(&Config::parse(text).expect(text), really);
        assert_eq!(leads(""), "http://127.0.0.1:9/b/{ref}");
        assert_eq!(leads("[http]\npublic_url = \"https://a.example\""), "https://a.example/b/{ref}");
        let console = "[web]\npublic_url = \"https://portreeve.isp.example/\"\n";
        assert_eq!(leads(console), "https://portreeve.isp.example/b/{ref}");
        assert_eq!(leads(&format!("{console}[http]\npublic_url = \"https://a.example\"")), "https://a.example/b/{ref}");
        let own = format!("{console}[blocks]\nlink = \"https://own.example/{{ref}}\"");
        assert_eq!(leads(&own), "https://own.example/{ref}");
    }
}
