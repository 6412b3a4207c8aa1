//! Calls of `/auth`.

use super::super::auth;
use super::super::schema::{Route, get, post};

pub(super) fn routes() -> Vec<Route> {
    vec![
        get("/auth/time", "long", "The time here, in seconds since 1970", auth::time).open(),
        post("/auth/credential", "auth.Credential", "Ask for a consumer key", auth::credential)
            .open()
            .needs("accessRules", "auth.AccessRule[]", "What it shall be used for")
            .body("redirection", "string", "Where the customer's browser goes afterwards")
            .body("allowedIPs", "ipBlock[]", "From where it may be used; none: from anywhere"),
        get("/auth/currentCredential", "auth.CurrentCredential", "The consumer key that signs", auth::current),
        get("/auth/details", "auth.Details", "Who calls", auth::details),
        post("/auth/logout", "void", "End the consumer key that signs", auth::logout),
    ]
}
