//! Customers of the store, and what they own.

use axum::body::{Body, Bytes};
use axum::http::{Request, StatusCode, header};
use serde_json::{Value, json};

use crate::world::{CAROL, RACK, Who, World, read};

impl World {
    /// Status and body of an operator's call.
    async fn told(&self, method: &str, path: &str, body: &Value) -> (StatusCode, Value) {
        let body = if body.is_null() { String::new() } else { body.to_string() };
        let answer = self.call(Who::Operator, method, path, &body).await;
        (answer.status(), read(answer).await)
    }

    async fn sheet(&self, query: &str, sheet: &[u8]) -> (StatusCode, Value) {
        let path = format!("/api/customer-imports{query}");
        let answer = self.send(self.request(Who::Operator, "post", &path, "text/csv; charset=utf-8", sheet)).await;
        (answer.status(), read(answer).await)
    }
}

/// The least that is known of a customer.
fn just(service: &str) -> Value {
    json!({ "service": service, "contact": [format!("owner@{service}.example")] })
}

#[tokio::test]
async fn a_customer_is_entered_seen_changed_and_taken_out() {
    let world = World::new();
    let wanted = json!({
        "service": "new", "name": "New and Sons", "kind": "pro", "contact": ["owner@new.example"], "language": "fr",
        "networks": ["192.0.2.16/28"], "accounts": ["*@new.example"], "domains": ["new.example"],
        "expires": "2026-12-31", "limits": { "account-rate": 5000 }, "automatic_releases": 2,
    });
    let (status, entered) = world.told("post", "/api/customers", &wanted).await;
    assert_eq!(status, StatusCode::CREATED, "{entered}");
    for (field, value) in wanted.as_object().unwrap() {
        assert_eq!(&entered[field], value, "{field}");
    }
    assert_eq!((&entered["source"], &entered["unused"]), (&"store".into(), &json!([])));
    assert_eq!(world.json(Who::Operator, "/api/customers/new").await, entered);
    assert_eq!(world.told("post", "/api/customers", &wanted).await.0, StatusCode::CONFLICT);

    let (status, changed) = world.told("put", "/api/customers/new", &just("new")).await;
    assert_eq!((status, &changed["networks"], &changed["kind"]), (StatusCode::OK, &json!([]), &"dedicated".into()));
    let gone = world.told("delete", "/api/customers/new", &Value::Null).await;
    assert_eq!(gone, (StatusCode::OK, json!({ "service": "new" })));
    assert_eq!(world.told("delete", "/api/customers/new", &Value::Null).await.0, StatusCode::NOT_FOUND);
    let again = world.told("put", "/api/customers/new", &just("new")).await;
    assert_eq!(again.0, StatusCode::CREATED);
}

/// Two look at the same; the second to write would take back what the first has written.
#[tokio::test]
async fn whoever_names_what_he_has_seen_overwrites_nothing_else() {
    let world = World::new();
    let tag = async || {
        let answer = world.call(Who::Operator, "get", "/api/customers/rack", "").await;
        answer.headers()[header::ETAG].clone()
    };
    let put = async |tag: &axum::http::HeaderValue, kind: &str| {
        let body = json!({ "service": RACK, "contact": ["owner@rack.example"], "kind": kind }).to_string();
        let mut request =
            world.request(Who::Operator, "put", "/api/customers/rack", "application/json", body.as_bytes());
        request.headers_mut().insert(header::IF_MATCH, tag.clone());
        world.send(request).await
    };
    let seen = tag().await;
    let first = put(&seen, "pro").await;
    assert_eq!((first.status(), &first.headers()[header::ETAG]), (StatusCode::OK, &tag().await));
    assert_ne!(tag().await, seen);
    let second = put(&seen, "exchange").await;
    assert_eq!(second.status(), StatusCode::PRECONDITION_FAILED);
    assert!(read(second).await["detail"].as_str().unwrap().contains("rack"));
    assert_eq!(world.json(Who::Operator, "/api/customers/rack").await["kind"], "pro");
    assert_eq!(put(&tag().await, "exchange").await.status(), StatusCode::OK);
    assert_eq!(put(&"*".parse().unwrap(), "mxplan").await.status(), StatusCode::OK);
    let delete = async |tag: &axum::http::HeaderValue| {
        let mut request = world.request(Who::Operator, "delete", "/api/customers/rack", "", b"");
        request.headers_mut().insert(header::IF_MATCH, tag.clone());
        world.send(request).await.status()
    };
    assert_eq!(delete(&seen).await, StatusCode::PRECONDITION_FAILED);
    assert_eq!(world.json(Who::Operator, "/api/customers/rack").await["kind"], "mxplan", "he is still there");
    assert_eq!(delete(&tag().await).await, StatusCode::OK);
    let of_the_file = world.call(Who::Operator, "get", "/api/customers/shop", "").await;
    assert!(!of_the_file.headers().contains_key(header::ETAG), "what can't be changed here has none");
}

#[tokio::test]
async fn every_mistake_of_a_customer_is_told_by_its_field() {
    let world = World::new();
    let unreadable = json!({ "contact": ["nobody"], "limits": { "none": 1 } });
    let taken = json!({ "networks": ["203.0.113.0/28"], "accounts": ["carol@rack.example"] });
    for (wrong, expected) in [(unreadable, ["limits", "contact"]), (taken, ["networks", "accounts"])] {
        let mut wanted = just("new");
        wanted.as_object_mut().unwrap().extend(wrong.as_object().unwrap().clone());
        let (status, problem) = world.told("post", "/api/customers", &wanted).await;
        assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
        let errors = problem["errors"].as_array().unwrap();
        let fields: Vec<_> = errors.iter().map(|error| error["field"].as_str().unwrap()).collect();
        assert_eq!(fields, expected, "{problem}");
        assert!(problem["detail"].as_str().unwrap().contains(&format!("; {}: ", expected[1])), "{problem}");
    }

    let other = world.told("put", "/api/customers/new", &just("old")).await;
    assert_eq!((other.0, &other.1["errors"][0]["field"]), (StatusCode::UNPROCESSABLE_ENTITY, &"service".into()));
    assert_eq!(world.told("get", "/api/customers/new", &Value::Null).await.0, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn the_file_is_changed_in_the_file() {
    let world = World::new();
    for (method, path, body) in [
        ("post", "/api/customers", just("shop")),
        ("put", "/api/customers/shop", just("shop")),
        ("delete", "/api/customers/shop", Value::Null),
        ("put", "/api/owners/account/x@y.example", json!({ "service": "shop" })),
        ("put", "/api/owners/account/*@shop.example", json!({ "service": RACK })),
        ("delete", "/api/owners/account/*@shop.example", Value::Null),
    ] {
        let (status, problem) = world.told(method, path, &body).await;
        assert_eq!(status, StatusCode::CONFLICT, "{method} {path}: {problem}");
        assert!(problem["detail"].as_str().unwrap().ends_with("change the file"), "{problem}");
    }
}

#[tokio::test]
async fn customers_are_found_by_words_place_and_page() {
    let world = World::new();
    let of = async |who, query: &str| -> Vec<String> {
        let page = world.json(who, &format!("/api/customers{query}")).await;
        let items = page["items"].as_array().unwrap_or_else(|| panic!("{page}")).clone();
        items.iter().map(|one| one["service"].as_str().unwrap().to_owned()).collect()
    };
    for (query, expected) in [
        ("", &["bank", "rack", "shop"][..]),
        ("?source=store", &["rack"]),
        ("?source=file&limit=1&after=bank", &["shop"]),
        ("?search=CAROL", &["rack"]),
        ("?owns=bob@shop.example", &["shop"]),
        ("?owns=bob@shop.example&source=store", &[]),
        ("?owns=203.0.113.7", &["rack"]),
        ("?owns=nobody@nowhere.example", &[]),
    ] {
        assert_eq!(of(Who::Operator, query).await, expected, "{query}");
    }
    for (query, expected) in [("", &["shop"][..]), ("?search=bank", &[]), ("?owns=ann@bank.example", &[])] {
        assert_eq!(of(Who::Shop, query).await, expected, "{query}");
    }
}

#[tokio::test]
async fn what_is_wrong_in_the_books_is_told_to_staff_alone() {
    let world = World::new();
    assert_eq!(world.json(Who::Auditor, "/api/customers/shop").await["unused"], json!([]));
    let own = world.json(Who::Shop, "/api/customers/shop").await;
    assert_eq!((&own["unused"], &own["accounts"]), (&Value::Null, &json!(["*@shop.example"])));
}

#[tokio::test]
async fn a_sheet_is_imported_whole_or_not_at_all() {
    let world = World::new();
    let good = b"service;contact\nnew;owner@new.example\nrack;owner@rack.example\n";
    let told = |added, changed, unchanged, dry_run| json!({ "added": added, "changed": changed, "unchanged": unchanged, "dry_run": dry_run });
    assert_eq!(world.sheet("?dry_run=true", good).await, (StatusCode::OK, told(1, 1, 0, true)));
    assert_eq!(world.customers.show("new").unwrap_err().to_string(), "no customer has the service \"new\"");
    assert_eq!(world.sheet("", good).await, (StatusCode::OK, told(1, 1, 0, false)));
    assert_eq!(world.sheet("", good).await, (StatusCode::OK, told(0, 0, 2, false)));

    let bad = b"service,contact,suspended\nfresh,owner@fresh.example,no\nstale,nobody,no\nstale,,perhaps\n";
    let (status, problem) = world.sheet("", bad).await;
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
    let told: Vec<_> = problem["errors"].as_array().unwrap().iter().map(|one| (&one["line"], &one["field"])).collect();
    for (line, field) in [(3, "contact"), (4, "suspended"), (4, "service"), (4, "contact")] {
        assert!(told.contains(&(&line.into(), &field.into())), "line {line}, {field}: {problem}");
    }
    assert!(world.customers.show("fresh").is_err());
    let (status, problem) = world.sheet("", b"service,name\nnew,caf\xe9\n").await;
    assert_eq!((status, &problem["errors"][0]["line"]), (StatusCode::UNPROCESSABLE_ENTITY, &2.into()), "{problem}");
}

#[tokio::test]
async fn a_refusal_of_a_sheet_stays_small_however_long_its_cells_are() {
    let world = World::new();
    let row = format!("a,{}\n", "x".repeat(20_000));
    let (status, problem) = world.sheet("", format!("service,suspended\n{}", row.repeat(1500)).as_bytes()).await;
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(problem["errors"].as_array().unwrap().len(), 1000);
    assert!(problem.to_string().len() < 1 << 20);
}

/// A body that never comes.
fn endless() -> Body {
    Body::from_stream(futures_util::stream::pending::<Result<Bytes, std::convert::Infallible>>())
}

#[tokio::test]
async fn who_may_not_import_is_told_so_before_a_byte_is_read() {
    let world = World::new();
    for (who, media, key, status) in [
        (Who::Auditor, "text/csv", None, StatusCode::FORBIDDEN),
        (Who::Shop, "text/csv", Some("1"), StatusCode::NOT_FOUND),
        (Who::Operator, "text/tab-separated-values", Some("1"), StatusCode::UNSUPPORTED_MEDIA_TYPE),
        (Who::Operator, "", None, StatusCode::UNSUPPORTED_MEDIA_TYPE),
    ] {
        let request = Request::builder().method("POST").uri("/api/customer-imports");
        let request = request.header(header::AUTHORIZATION, format!("Bearer {}", world.token(who).unwrap()));
        let request = if media.is_empty() { request } else { request.header(header::CONTENT_TYPE, media) };
        let request = key.into_iter().fold(request, |request, key| request.header("idempotency-key", key));
        assert_eq!(world.send(request.body(endless()).unwrap()).await.status(), status, "{who:?} {media}");
    }
}

#[tokio::test]
async fn what_somebody_owns_is_looked_up_given_and_taken() {
    let world = World::new();
    let owner = async |path: &str| world.json(Who::Operator, path).await["customer"]["service"].clone();
    assert_eq!(owner("/api/owners/ip/203.0.113.7").await, RACK);
    assert_eq!(owner("/api/owners/ip/203.0.113.0%2F29").await, RACK);
    assert_eq!(owner(&format!("/api/owners/account/{CAROL}")).await, RACK);
    assert_eq!(owner("/api/owners/ip/203.0.113.0%2F24").await, Value::Null);

    world.told("post", "/api/customers", &just("new")).await;
    let one = "/api/owners/ip/203.0.113.0%2F28";
    let given = |service: Value, before: &str| json!({ "kind": "ip", "name": "203.0.113.0/28", "service": service, "before": before });
    let to_new = json!({ "service": "new" });
    assert_eq!(world.told("put", one, &to_new).await, (StatusCode::OK, given("new".into(), RACK)));
    assert_eq!(world.told("put", one, &to_new).await, (StatusCode::OK, given("new".into(), "new")));
    assert_eq!(owner("/api/owners/ip/203.0.113.7").await, "new");
    assert_eq!(world.told("delete", one, &Value::Null).await, (StatusCode::OK, given(Value::Null, "new")));
    assert_eq!(world.told("delete", one, &Value::Null).await.0, StatusCode::NOT_FOUND);
    for (path, service, status) in [
        ("/api/owners/ip/203.0.113.0%2F33", RACK, StatusCode::UNPROCESSABLE_ENTITY),
        ("/api/owners/ip/2001:db8::%2F65", RACK, StatusCode::UNPROCESSABLE_ENTITY),
        ("/api/owners/ip/203.0.113.99", "nobody", StatusCode::NOT_FOUND),
        ("/api/owners/host/203.0.113.99", RACK, StatusCode::NOT_FOUND),
    ] {
        assert_eq!(world.told("put", path, &json!({ "service": service })).await.0, status, "{path} {service}");
    }
}

#[tokio::test]
async fn whose_it_is_is_told_of_ones_own_and_nobody_s_alone() {
    let world = World::new();
    assert_eq!(world.json(Who::Shop, "/api/owners/account/bob@shop.example").await["customer"]["service"], "shop");
    let foreign = world.json(Who::Shop, "/api/owners/account/ann@bank.example").await;
    let nobodys = world.json(Who::Shop, "/api/owners/account/ann@none.example").await;
    assert_eq!(foreign["detail"], "nobody is known to own ann@bank.example");
    assert_eq!(nobodys["detail"], "nobody is known to own ann@none.example");
}
