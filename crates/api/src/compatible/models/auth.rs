//! Models of `/auth`.

use super::super::schema::{Model, object, words};

pub(super) fn models() -> Vec<Model> {
    vec![
        words("auth.MethodEnum", "How a call is made", ["DELETE", "GET", "POST", "PUT"]),
        words(
            "auth.CredentialStateEnum",
            "Where a consumer key stands",
            ["expired", "pendingValidation", "refused", "validated"],
        ),
        object(
            "auth.AccessRule",
            "What a consumer key may be used for",
            &[("method", ".MethodEnum", "The method"), ("path", "string", "The path; * stands for anything")],
        ),
        object(
            "auth.Credential",
            "A consumer key that was asked for",
            &[
                ("consumerKey", "string", "The consumer key"),
                ("state", ".CredentialStateEnum", "Where it stands"),
                ("validationUrl", "string?", "Where the customer grants it"),
            ],
        ),
        object(
            "auth.CurrentCredential",
            "The consumer key that signs",
            &[
                ("credentialId", "long", "Its number"),
                ("applicationId", "long", "The number of the application"),
                ("status", ".CredentialStateEnum", "Where it stands"),
                ("rules", ".AccessRule[]", "What it may be used for"),
                ("creation", "datetime", "When it was asked for"),
                ("expiration", "datetime?", "When it is over"),
                ("lastUse", "datetime?", "When it was used last"),
                ("allowedIPs", "ipBlock[]?", "From where it may be used; null for anywhere"),
                ("ovhSupport", "boolean", "Always false: no support desk of anybody's uses it"),
            ],
        ),
        object(
            "auth.Details",
            "Who calls",
            &[
                ("account", "string", "How the audit log names him"),
                ("allowedRoutes", ".AccessRule[]", "What he may call"),
                ("description", "string?", "Nothing"),
                ("identities", "string[]", "Nobody"),
                ("method", "string", "How he is known"),
                ("roles", "string[]", "operator, auditor or customer"),
                ("user", "string?", "Nobody"),
            ],
        ),
    ]
}
