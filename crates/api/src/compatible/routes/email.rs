//! Calls of `/email`: four products, of which three differ in their addresses only. The older one has neither diagnoses nor
//! tasks.

use axum::Extension;
use customers::Kind;

use super::super::mail::{self, Product};
use super::super::schema::{Route, get, post};

pub(super) fn routes() -> Vec<Route> {
    let products = [
        Product { kind: Kind::Mxplan, namespace: "email.mxplan", service: "service", account: "email" },
        Product { kind: Kind::Pro, namespace: "email.pro", service: "service", account: "email" },
        Product {
            kind: Kind::Exchange,
            namespace: "email.exchange",
            service: "exchangeService",
            account: "primaryEmailAddress",
        },
    ];
    let bases = [
        ("/email/mxplan/{service}", "diagnostic"),
        ("/email/pro/{service}", "diagnostics"),
        ("/email/exchange/{organizationName}/service/{exchangeService}", "diagnostics"),
    ];
    let newer =
        products.into_iter().zip(bases).flat_map(|(product, (base, diagnosis))| newer(product, base, diagnosis));
    older().into_iter().chain(newer).collect()
}

fn older() -> Vec<Route> {
    const OLDER: Product =
        Product { kind: Kind::MxplanLegacy, namespace: "email.domain", service: "", account: "accountName" };
    let account = "/email/domain/{domain}/account/{accountName}";
    let routes = [
        get("/email/domain/{domain}/account", "string[]", "Accounts that something became of", mail::list),
        get(account, "email.domain.Account", "An account", mail::show),
        post(format!("{account}/changePassword"), "email.domain.TaskPop", "Change its password", mail::change_password)
            .needs("password", "password", "9 to 30 characters, no space at either end, no accents"),
    ];
    routes.into_iter().map(|route| of(OLDER, route)).collect()
}

fn newer(product: Product, base: &str, diagnosis: &str) -> Vec<Route> {
    let account = format!("{base}/account/{{{}}}", product.account);
    let named = |id: &str| format!("{}.{id}", product.namespace);
    let exchange = product.kind == Kind::Exchange;
    let password = "1 to 256 characters, no space at either end";
    let change = post(format!("{account}/changePassword"), named("Task"), "Change its password", mail::change_password);
    let change = if exchange {
        change.body("password", "password", password).body(
            "forcePasswordChangeAtNextLogon",
            "boolean",
            "Not done: passwords are changed by a command",
        )
    } else {
        change.needs("password", "password", password)
    };
    let routes = [
        get(base, named("Service"), "A service", mail::service),
        get(format!("{base}/account"), "string[]", "Accounts that something became of", mail::list),
        get(account.clone(), named("Account"), "An account", mail::show),
        change,
        get(format!("{account}/{diagnosis}"), named("AccountDiagnosis"), "What was found last", mail::diagnosis),
        post(format!("{account}/{diagnosis}"), named("Task"), "Find out what is wrong", mail::diagnose).body(
            "password",
            "password",
            "Tried once and kept nowhere",
        ),
        get(format!("{account}/tasks"), "long[]", "Its tasks", mail::tasks),
        get(format!("{account}/tasks/{{id}}"), named("Task"), "A task", mail::task),
    ];
    routes.into_iter().map(|route| of(product, route)).collect()
}

fn of(product: Product, route: Route) -> Route {
    Route { call: route.call.layer(Extension(product)), ..route }
}
