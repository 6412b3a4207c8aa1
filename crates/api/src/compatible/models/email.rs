//! Models of `/email`: the older product's own, and those that the three others share under names of their own.

use super::super::schema::{Model, object, words};

pub(super) fn models() -> Vec<Model> {
    let shared = [
        ("email.mxplan", "connectiveWebmail"),
        ("email.pro", "connectiveWebmail"),
        ("email.exchange", "connectiveOWA"),
    ];
    let shared = shared.into_iter().flat_map(|(namespace, connective)| product(namespace, connective));
    older().into_iter().chain(shared).collect()
}

fn older() -> Vec<Model> {
    vec![
        words(
            "email.domain.TaskPopActionsEnum",
            "What a task does",
            ["addAccount", "changeAccount", "changePassword", "deleteAccount"],
        ),
        object(
            "email.domain.Account",
            "An account",
            &[
                ("accountName", "string", "What stands before the @"),
                ("domain", "string", "Its domain"),
                ("email", "string", "Its address"),
                ("description", "string", "Nothing"),
                ("size", "long", "Not known: 0"),
                ("isBlocked", "boolean", "Whether it is blocked for spam"),
            ],
        ),
        object(
            "email.domain.TaskPop",
            "Something that is being done to an account",
            &[
                ("id", "long", "Its number"),
                ("action", ".TaskPopActionsEnum", "What it does"),
                ("date", "datetime", "When it began"),
                ("domain", "string", "The domain"),
                ("name", "string", "The account's name"),
            ],
        ),
    ]
}

fn product(namespace: &str, connective: &'static str) -> Vec<Model> {
    let name = |id: &str| format!("{namespace}.{id}");
    let states = ["creating", "deleting", "ok", "reopening", "suspended", "suspending", "unknown"];
    vec![
        words(name("ObjectStateEnum"), "Where an account stands", states),
        words(name("TaskFunctionEnum"), "What a task does", ["changePassword", "diagnostic"]),
        words(name("TaskStatusEnum"), "Where a task stands", ["cancelled", "doing", "done", "error", "todo"]),
        object(name("Service"), "A service, and how it answers failed logins", SERVICE),
        object(name("Account"), "An account", ACCOUNT),
        object(name("Task"), "Something that is being done to an account", TASK),
        object(
            name("AccountDiagnosis"),
            "What the latest diagnosis has found; null: not known",
            &diagnosis(connective),
        ),
    ]
}

type Fields = &'static [(&'static str, &'static str, &'static str)];

const SERVICE: Fields = &[
    ("domain", "string", "Its name"),
    ("displayName", "string?", "The customer's name"),
    ("state", ".ObjectStateEnum", "Where it stands"),
    ("lockoutThreshold", "long?", "After how many failed logins an account is locked; null: never"),
    ("lockoutDuration", "long", "For how many minutes"),
    ("lockoutObservationWindow", "long", "Within how many minutes they count"),
    ("minPasswordLength", "long?", "The shortest password, in characters"),
];

const ACCOUNT: Fields = &[
    ("primaryEmailAddress", "string", "Its address"),
    ("login", "string", "Its login"),
    ("domain", "string", "Its domain"),
    ("displayName", "string?", "Not known"),
    ("quota", "long", "Not known: 0"),
    ("currentUsage", "long?", "Not known"),
    ("configured", "boolean", "Always true"),
    ("creationDate", "datetime?", "Not known"),
    ("passwordLastUpdate", "datetime?", "When its password was changed here last"),
    ("spamDetected", "boolean", "Whether it is blocked for spam"),
    ("spamTicketNumber", "long?", "The ticket of the block"),
    ("state", ".ObjectStateEnum", "Where it stands"),
    ("taskPendingId", "long?", "The task that is not over yet"),
];

const TASK: Fields = &[
    ("id", "long", "Its number"),
    ("function", ".TaskFunctionEnum", "What it does"),
    ("status", ".TaskStatusEnum", "Where it stands"),
    ("todoDate", "datetime", "When it was asked for"),
    ("finishDate", "datetime?", "When it was over"),
];

fn diagnosis(connective: &'static str) -> [(&'static str, &'static str, &'static str); 9] {
    [
        ("canReceiveEmail", "boolean?", "Whether mail comes in"),
        ("canSendEmail", "boolean?", "Whether mail goes out"),
        ("isLocked", "boolean?", "Whether it is locked after failed logins"),
        ("isMxValid", "boolean?", "Whether the MX records are right"),
        ("isSpammer", "boolean?", "Whether it is blocked for spam"),
        ("isSrvValid", "boolean?", "Whether the SRV record is right"),
        ("isSuspended", "boolean?", "Whether it is suspended"),
        ("lastCheck", "datetime?", "When this was found"),
        (connective, "boolean?", "Whether the password that was sent lets in"),
    ]
}
