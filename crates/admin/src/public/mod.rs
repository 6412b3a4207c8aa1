//! The TCP door: metrics, health, and the page of one block. Nothing can be changed here.

mod block;
mod health;
mod html;
mod wording;

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;

use access::Guesses;
use axum::Router;
use axum::extract::{DefaultBodyLimit, State};
use axum::http::{HeaderValue, StatusCode, header};
use axum::middleware::map_response;
use axum::response::{Html, IntoResponse, Response};
use axum::routing::get;
use customers::Language;
use model::Network;
use tokio::net::TcpListener;

use crate::server::Server;
use crate::settings::AdminSettings;
use crate::state::AdminState;
use html::escape;

/// Listens where the settings say; the error names the address.
///
/// # Errors
/// The first address that can't be had: in use, not of this host, or not permitted.
pub async fn listen(settings: &AdminSettings) -> io::Result<Vec<TcpListener>> {
    let mut listeners = Vec::new();
    for address in &settings.listen {
        listeners.push(TcpListener::bind(address).await.map_err(|error| named(*address, &error))?);
    }
    Ok(listeners)
}

fn named(address: SocketAddr, error: &io::Error) -> io::Error {
    io::Error::new(error.kind(), format!("http.listen: {address} can't be listened on: {error}"))
}

/// Serves on the listeners until `drain` resolves, then lets requests in progress end.
pub async fn serve(
    settings: &AdminSettings,
    listeners: Vec<TcpListener>,
    state: Arc<AdminState>,
    drain: impl Future<Output = ()>,
) {
    Server::new(router(state, settings), settings).run(listeners, drain).await;
}

/// What the handlers of this door share.
#[derive(Clone)]
struct Door {
    state: Arc<AdminState>,
    guesses: Arc<Guesses<Network>>,
}

/// The page of a block alone, for a listener that customers reach; `guesses_per_minute` is its own bound of wrong references.
pub fn block_pages(state: Arc<AdminState>, guesses_per_minute: u32) -> Router {
    let guesses = Arc::new(Guesses::new(guesses_per_minute));
    blocks().layer(DefaultBodyLimit::max(0)).layer(map_response(harden)).with_state(Door { state, guesses })
}

fn blocks() -> Router<Door> {
    Router::new().route("/b/{reference}", get(block::show)).route("/style.css", get(style))
}

fn router(state: Arc<AdminState>, settings: &AdminSettings) -> Router {
    let guesses = Arc::new(Guesses::new(settings.guesses_per_minute));
    blocks()
        .route("/", get(index))
        .route("/metrics", get(health::metrics))
        .route("/healthz", get(health::alive))
        .route("/readyz", get(health::ready))
        .fallback(nothing_here)
        .layer(DefaultBodyLimit::max(0))
        .layer(map_response(harden))
        .with_state(Door { state, guesses })
}

async fn index(State(door): State<Door>) -> Html<String> {
    let site = door.state.site();
    let mode = if site.monitor { "monitor: everything passes, refusals are only noted" } else { "enforce" };
    let body = format!(
        include_str!("index.html"),
        node = escape(&site.node),
        mode = mode,
        version = env!("CARGO_PKG_VERSION"),
    );
    html::page("Portreeve", &body, Language::En)
}

async fn style() -> impl IntoResponse {
    ([(header::CONTENT_TYPE, "text/css; charset=utf-8")], include_str!("style.css"))
}

async fn nothing_here() -> Response {
    let sentence = "There is no such page.";
    (StatusCode::NOT_FOUND, html::notice("Not found", sentence, Language::En)).into_response()
}

/// Headers of every answer. A page is about one person's mail: nobody stores, frames, indexes or refers to it.
async fn harden(mut response: Response) -> Response {
    let fields = [
        (header::CACHE_CONTROL, "no-store"),
        (header::CONTENT_SECURITY_POLICY, CONTENT_SECURITY_POLICY),
        (header::REFERRER_POLICY, "no-referrer"),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::HeaderName::from_static("x-robots-tag"), "noindex, nofollow"),
    ];
    for (name, value) in fields {
        response.headers_mut().insert(name, HeaderValue::from_static(value));
    }
    response
}

const CONTENT_SECURITY_POLICY: &str =
    "default-src 'none'; style-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";
