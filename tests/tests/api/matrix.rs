//! Every route of the API, and the pages that belong to somebody, for every kind of visitor: one table. A route
//! that is not in it fails, and what is somebody else's reads as if there were none.

use reqwest::{Method, StatusCode, redirect::Policy};
use serde_json::{Value, json};
use shared_model::{
    CodeId, HoldId, OrderId, OrganizerId,
    account::{MemberRole, SavedCard, SessionInfo},
    event::PerformanceDetail,
    factor::PasskeyCeremony,
    hold::SeatChoice,
    order::OrderRequest,
};
use std::{collections::BTreeSet, fmt::Write};
use ticketboss_tests::{
    account_holder::{AccountHolder, PASSWORD},
    app::{Engine, TestApp},
    authenticator::Authenticator,
    buyer::{Buyer, GOOD_CARD},
    house::Wish,
    process::wait_until,
    staff::{invite, member, operator, organizer},
};
use uuid::Uuid;

/// What each visitor is answered, one status for all or one for each. The ids in the paths are the customer's
/// own order, session, passkey and invitations, and the organizer whose team door, box office, manager and
/// owner are; `other` owns another organizer.
const TABLE: &str = "
                                                            stranger guest door box manager owner other operator customer
GET    /performances                                             200
GET    /performances/{performance_id}                            200
GET    /performances/{performance_id}/seats                      200
GET    /events/{slug}                                            200
GET    /plans/{plan_version_id}/geometry                         200
PUT    /performances/{performance_id}/availability-wish          204

PUT    /performances/{performance_id}/holds/{hold_id}            401 409 409 409 409 409 409 409 200
POST   /performances/{performance_id}/extensions                 401 409 409 409 409 409 409 409 200
GET    /cart                                                     401 200 200 200 200 200 200 200 200
GET    /cart/delivery-offers                                     401 200 200 200 200 200 200 200 200
PUT    /cart/performances/{performance_id}/seats/{seat}/ticket-type  401 409 409 409 409 409 409 409 204
POST   /performances/{performance_id}/releases                   401 200 200 200 200 200 200 200 200
DELETE /cart/lapsed/{performance_id}                             401 204 204 204 204 204 204 204 204
GET    /orders                                                   401 200 200 200 200 200 200 200 200
PUT    /orders/{order_id}                                        401 404 404 404 404 404 404 404 200
GET    /orders/{order_id}                                        401 404 404 404 404 404 404 404 200
POST   /orders/{order_id}/payments                               401 404 404 404 404 404 404 404 409
DELETE /orders/{order_id}                                        401 404 404 404 404 404 404 404 409
GET    /orders/{order_id}/tickets.pdf                            401 404 404 404 404 404 404 404 200
GET    /orders/{order_id}/receipt.pdf                            401 404 404 404 404 404 404 404 200
POST   /orders/{order_id}/mail                                   401 404 404 404 404 404 404 404 204

POST   /sessions                                                 201
POST   /sessions/refresh                                         401
POST   /sign-ins                                                 401
GET    /sign-ins/second-factor                                   401
POST   /sign-ins/second-factor/totp                              401
POST   /sign-ins/second-factor/passkeys/{ceremony_id}            401
POST   /passkeys/sign-ins                                        201
POST   /passkeys/sign-ins/{ceremony_id}                          401 409 409 409 409 409 409 409 422
POST   /passkeys/proofs                                          401 401 403 403 403 403 403 403 201
POST   /passkeys/proofs/{ceremony_id}                            401 401 409 409 409 409 409 409 409
POST   /sign-ups                                                 401 422 422 422 422 422 422 422 422
POST   /sign-ups/{sign_up_id}/codes                              401 409 409 409 409 409 409 409 409
POST   /sign-ups/confirmations                                   401 409 409 409 409 409 409 409 409
POST   /password-resets                                          401 422 422 422 422 422 422 422 422
POST   /password-resets/proofs                                   401 409 409 409 409 409 409 409 409
PUT    /password-resets/{code_id}/password                       401 409 409 409 409 409 409 409 409

GET    /account                                                  401 401 200 200 200 200 200 200 200
PATCH  /account                                                  401 401 200 200 200 200 200 200 200
POST   /account/proofs                                           401 401 204 204 204 204 204 204 204
PUT    /account/password                                         401 401 422 422 422 422 422 422 422
POST   /account/phone                                            401 401 422 422 422 422 422 422 422
POST   /account/phone/confirmations                              401 401 409 409 409 409 409 409 409
DELETE /account/phone                                            401 401 204 204 204 204 204 204 204
POST   /account/email                                            401 401 422 422 422 422 422 422 422
POST   /account/email/confirmations                              401 401 409 409 409 409 409 409 409
GET    /account/sessions                                         401 401 200 200 200 200 200 200 200
DELETE /account/sessions/{session_id}                            401 401 404 404 404 404 404 404 204
DELETE /account/sessions                                         401 401 204 204 204 204 204 204 204
POST   /account/passkeys/ceremonies                              401 401 201 201 201 201 201 201 201
POST   /account/passkeys                                         401 401 409 409 409 409 409 409 409
GET    /account/passkeys                                         401 401 200 200 200 200 200 200 200
PATCH  /account/passkeys/{passkey_id}                            401 401 404 404 404 404 404 404 204
DELETE /account/passkeys/{passkey_id}                            401 401 404 404 404 404 404 404 204
GET    /account/cards                                            401 401 200 200 200 200 200 200 200
DELETE /account/cards/{saved_card_id}                            401 401 404 404 404 404 404 404 204
GET    /account/export                                           401 401 200 200 200 200 200 200 200
POST   /account/totp                                             401 401 201 201 201 201 201 201 201
PUT    /account/totp                                             401 401 409 409 409 409 409 409 409

GET    /organizers                                               401 401 200 200 200 200 200 200 200
GET    /organizers?all=true                                      401 401 403 403 403 403 403 200 403
POST   /organizers                                               401 401 403 403 403 403 403 201 403
GET    /organizers/{organizer_id}/members                        401 401 403 200 200 200 404 200 404
PATCH  /organizers/{organizer_id}/members/{account_id}           401 401 403 403 403 204 404 204 404
GET    /organizers/{organizer_id}/invitations                    401 401 403 403 403 200 404 200 404
POST   /organizers/{organizer_id}/invitations                    401 401 403 403 403 201 404 201 404
GET    /organizers/{organizer_id}/audit-log                      401 401 403 403 200 200 404 200 404
GET    /audit-log                                                401 401 403 403 403 403 403 200 403
DELETE /organizers/{organizer_id}/invitations/{invitation_id}    401 401 403 403 403 204 404 404 404
DELETE /organizers/{organizer_id}/members/{account_id}           401 401 403 403 403 204 404 404 404
GET    /account/invitations                                      401 401 200 200 200 200 200 200 200
POST   /account/invitations/{invitation_id}/acceptance           401 401 404 404 404 404 404 404 204
DELETE /account/invitations/{invitation_id}                      401 401 404 404 404 404 404 404 204

PAGE   /                                                         200
PAGE   /cart                                                     200
PAGE   /tickets                                                  200
PAGE   /orders/{order_id}                                        404 404 404 404 404 404 404 404 200
PAGE   /orders/{order_id}/tickets/1                              404 404 404 404 404 404 404 404 200
PAGE   /orders/{order_id}/tickets.pdf                            404 404 404 404 404 404 404 404 200
PAGE   /orders/{order_id}/receipt                                404 404 404 404 404 404 404 404 200
PAGE   /sign-in/second                                           401
PAGE   /account                                                  401 401 200 200 200 200 200 200 200
PAGE   /account/proof                                            401 401 200 200 200 200 200 200 200
PAGE   /account/email                                            401 401 200 200 200 200 200 200 200
PAGE   /account/phone                                            401 401 200 200 200 200 200 200 200
PAGE   /account/password                                         401 401 200 200 200 200 200 200 200
PAGE   /account/passkeys                                         401 401 200 200 200 200 200 200 200
PAGE   /account/authenticator                                    401 401 200 200 200 200 200 200 200
PAGE   /account/export                                           401 401 200 200 200 200 200 200 200
PAGE   /account/delete                                           401 401 200 200 200 200 200 200 200
FORM   /account/phone/remove                                     401 401 303 303 303 303 303 303 303
FORM   /account/authenticator/remove                             401 401 303 303 303 303 303 303 303
FORM   /account/passkeys/{passkey_id}/remove                     401 401 404 404 404 404 404 404 404
FORM   /account/cards/{saved_card_id}/remove                     401 401 404 404 404 404 404 404 404
FORM   /account/sessions/{session_id}/end                        401 401 404 404 404 404 404 404 404
FORM   /account/invitations/{invitation_id}/accept               401 401 404 404 404 404 404 404 404
FORM   /account/invitations/{invitation_id}/decline              401 401 404 404 404 404 404 404 404

DELETE /account/totp                                             401 401 204 204 204 204 204 204 204
DELETE /account                                                  401 401 204 204 204 403 403 204 204
POST   /sign-outs                                                401 200 401 401 401 200 200 401 401
";

struct Row {
    /// `PAGE` is a GET of the site, `FORM` a POST. Being led to sign in counts as 401, to a proof as 403.
    method: &'static str,
    path: &'static str,
    expected: Vec<u16>,
}

impl Row {
    /// An order's id is made by who places it: an unknown one is a new order, and somebody else's must be refused.
    fn makes_its_id(&self) -> bool {
        (self.method, self.path) == ("PUT", "/orders/{order_id}")
    }
}

/// The table's visitors, in its order, and its rows.
fn read_table() -> (Vec<&'static str>, Vec<Row>) {
    let mut lines =
        TABLE.lines().map(|line| line.split_whitespace().collect::<Vec<_>>()).filter(|line| !line.is_empty());
    let visitors = lines.next().unwrap();
    let rows = lines.map(|words| {
        let mut expected: Vec<u16> = words[2..].iter().map(|word| word.parse().unwrap()).collect();
        if expected.len() == 1 {
            expected = vec![expected[0]; visitors.len()];
        }
        assert_eq!(expected.len(), visitors.len(), "{words:?}");
        Row { method: words[0], path: words[1], expected }
    });
    let rows = rows.collect();
    (visitors, rows)
}

/// What the paths and bodies of the table speak of.
struct Things {
    ids: Vec<(&'static str, String)>,
    door: String,
    leaver: String,
    to_withdraw: String,
    to_accept: String,
    to_decline: String,
    seat: u32,
    order_request: Value,
    ticket_type: String,
}

impl Things {
    /// The path with these things' ids, or with ids of nothing.
    fn path(&self, row: &Row, known: bool) -> String {
        let mut path = row.path.to_owned();
        let mut put = |name: &str, id: &str| {
            let unknown = Uuid::now_v7().to_string();
            path = path.replace(&format!("{{{name}}}"), if known { id } else { &unknown });
        };
        match (row.method, row.path) {
            ("DELETE", "/organizers/{organizer_id}/members/{account_id}") => put("account_id", &self.leaver),
            ("DELETE", "/organizers/{organizer_id}/invitations/{invitation_id}") => {
                put("invitation_id", &self.to_withdraw)
            }
            ("DELETE", "/account/invitations/{invitation_id}") => put("invitation_id", &self.to_decline),
            _ => {}
        }
        put("account_id", &self.door);
        put("invitation_id", &self.to_accept);
        self.ids.iter().for_each(|(name, id)| put(name, id));
        assert!(!path.contains('{'), "{path}: what is that?");
        path
    }

    fn body(&self, row: &Row) -> Option<Value> {
        let code = json!({ "code_id": CodeId::new(), "code": "123456" });
        let answer = json!({ "credential": {} });
        Some(match (row.method, row.path) {
            ("PUT", "/performances/{performance_id}/holds/{hold_id}") => {
                json!({ "choice": SeatChoice::Seats(vec![shared_model::SeatNo(self.seat)]) })
            }
            ("PUT", "/performances/{performance_id}/availability-wish") => json!({ "email": "eva@example.com" }),
            ("POST", "/performances/{performance_id}/releases") => json!({ "seats": [self.seat] }),
            ("PUT", "/cart/performances/{performance_id}/seats/{seat}/ticket-type") => {
                json!({ "ticket_type_id": self.ticket_type })
            }
            ("PUT", "/orders/{order_id}") => self.order_request.clone(),
            ("POST", "/orders/{order_id}/payments") => {
                json!({ "payment_id": Uuid::now_v7(), "payment_method": GOOD_CARD })
            }
            ("POST", "/orders/{order_id}/mail") => json!({ "mail_id": Uuid::now_v7() }),
            ("POST", "/sessions/refresh") => json!({ "refresh_token": "nobody's" }),
            ("POST", "/sign-ins") => json!({ "email": "nobody@example.com", "password": "whatever" }),
            ("POST", "/sign-ins/second-factor/totp") => json!({ "code": "123456" }),
            ("POST", path) if path.ends_with("{ceremony_id}") => answer,
            ("POST", "/sign-ups") => json!({ "email": "no address" }),
            ("POST", path) if path.ends_with("/confirmations") || path == "/password-resets/proofs" => code,
            ("POST", "/password-resets") => json!({ "email": "no address" }),
            ("PUT", "/password-resets/{code_id}/password") => json!({ "password": PASSWORD }),
            ("PATCH", "/account") => json!({}),
            ("POST", "/account/proofs") => json!({ "password": PASSWORD }),
            ("PUT", "/account/password") => json!({ "current": PASSWORD, "new": "short" }),
            ("POST", "/account/phone") => json!({ "phone": "+34" }),
            ("POST", "/account/email") => json!({ "email": "no address" }),
            ("POST", "/account/passkeys") => json!({ "ceremony_id": Uuid::now_v7(), "name": "Key", "credential": {} }),
            ("PATCH", "/account/passkeys/{passkey_id}") => json!({ "name": "Blue key" }),
            ("PUT", "/account/totp") => json!({ "sealed": "nothing", "code": "123456" }),
            ("POST", "/organizers") => {
                json!({ "slug": "new-one", "name": "New", "email": "new@example.com", "owner_email": "new@example.com" })
            }
            ("PATCH", "/organizers/{organizer_id}/members/{account_id}") => json!({ "member_role": "door" }),
            ("POST", "/organizers/{organizer_id}/invitations") => {
                json!({ "email": "asked@example.com", "member_role": "door" })
            }
            ("POST" | "PUT" | "PATCH", _) => json!({}),
            _ => return None,
        })
    }
}

async fn ask(app: &TestApp, who: &Buyer, row: &Row, path: &str, body: Option<&Value>) -> (StatusCode, String) {
    let request = match row.method {
        "PAGE" | "FORM" => {
            let browser = reqwest::Client::builder().redirect(Policy::none()).build().unwrap();
            let url = format!("{}{path}", app.url());
            let request = if row.method == "PAGE" { browser.get(url) } else { browser.post(url) };
            if who.token.is_empty() { request } else { request.header("cookie", format!("tb_session={}", who.token)) }
        }
        method => who.request(Method::from_bytes(method.as_bytes()).unwrap(), path),
    };
    let request = match body {
        Some(body) => request.json(body),
        None => request,
    };
    let answer = request.send().await.unwrap();
    let leads_to = answer.headers().get("location").and_then(|to| to.to_str().ok()).unwrap_or_default();
    let status = match leads_to.split('?').next() {
        Some("/sign-in") => StatusCode::UNAUTHORIZED,
        Some("/account/proof") => StatusCode::FORBIDDEN,
        _ => answer.status(),
    };
    (status, String::from_utf8_lossy(&answer.bytes().await.unwrap()).into_owned())
}

/// Everybody of the table, in its order, and what it speaks of.
async fn gather(app: &TestApp) -> (Vec<(&'static str, Buyer)>, Things) {
    let operator = operator(app).await;
    let (muelle, owner) = organizer(app, &operator, "muelle").await;
    let (_, other) = organizer(app, &operator, "faro").await;
    let door = member(app, &owner, muelle, MemberRole::Door).await;
    let box_office = member(app, &owner, muelle, MemberRole::BoxOffice).await;
    let manager = member(app, &owner, muelle, MemberRole::Manager).await;
    let leaver = AccountHolder::sign_up(app, "leaver@example.com").await;
    let customer = AccountHolder::sign_up(app, "customer@example.com").await;
    let things = things(app, &customer, muelle, &owner, &door, &leaver).await;
    let guest = app.buyer().await;
    let mut stranger = guest.clone();
    stranger.token.clear();
    let everybody = vec![
        ("stranger", stranger),
        ("guest", guest),
        ("door", door.app),
        ("box", box_office.app),
        ("manager", manager.app),
        ("owner", owner.app),
        ("other", other.app),
        ("operator", operator.app),
        ("customer", customer.app),
    ];
    (everybody, things)
}

async fn things(
    app: &TestApp,
    customer: &AccountHolder,
    muelle: OrganizerId,
    owner: &AccountHolder,
    door: &AccountHolder,
    leaver: &AccountHolder,
) -> Things {
    let play = app.stage(Wish::default()).await;
    let buyer = &customer.app;
    buyer.hold(&play, &["Stalls A-1"]).await.unwrap();
    let order_request = serde_json::to_value(buyer.order_request(GOOD_CARD).await).unwrap();
    let request = OrderRequest { save_card: true, ..buyer.order_request(GOOD_CARD).await };
    let order = buyer.place_order(OrderId::new(), &request).await.unwrap().order_id;
    let cards = async || buyer.get::<Vec<SavedCard>>("/account/cards").await.unwrap();
    wait_until("her card is kept", async || !cards().await.is_empty()).await;
    let card = cards().await.remove(0).saved_card_id;
    let hold = HoldId::new();
    buyer.hold_as(&play, hold, SeatChoice::Seats(play.seats(&["Stalls B-1"]))).await.unwrap();
    let mut device = Authenticator::new("http://localhost:8080");
    let asked: PasskeyCeremony = buyer.post("/account/passkeys/ceremonies", &json!({})).await.unwrap();
    let made =
        json!({ "ceremony_id": asked.ceremony_id, "name": "Key", "credential": device.create(&asked.public_key) });
    let passkey: Value = buyer.post("/account/passkeys", &made).await.unwrap();
    let ceremony: PasskeyCeremony = buyer.post("/passkeys/sign-ins", &json!({})).await.unwrap();
    customer.elsewhere(app).await;
    let sessions: Vec<SessionInfo> = buyer.get("/account/sessions").await.unwrap();
    let elsewhere = sessions.iter().find(|session| !session.is_this).unwrap();
    let mut invitations = Vec::new();
    for _ in 0..3 {
        let sent = invite(&owner.app, muelle, &customer.email, MemberRole::Door).await.unwrap();
        invitations.push(sent.invitation_id.to_string());
    }
    let joined = invite(&owner.app, muelle, &leaver.email, MemberRole::Door).await.unwrap().invitation_id;
    leaver.app.post::<Value>(&format!("/account/invitations/{joined}/acceptance"), &json!({})).await.unwrap();
    let detail: PerformanceDetail = buyer.get(&format!("/performances/{}", play.id)).await.unwrap();
    Things {
        ids: vec![
            ("performance_id", play.id.to_string()),
            ("slug", play.slug.clone()),
            ("plan_version_id", detail.plan_version_id.to_string()),
            ("hold_id", hold.to_string()),
            ("seat", play.seat("Stalls B-1").0.to_string()),
            ("order_id", order.to_string()),
            ("saved_card_id", card.to_string()),
            ("organizer_id", muelle.to_string()),
            ("session_id", elsewhere.session_id.to_string()),
            ("passkey_id", passkey["passkey_id"].as_str().unwrap().to_owned()),
            ("ceremony_id", ceremony.ceremony_id.to_string()),
            ("sign_up_id", Uuid::now_v7().to_string()),
            ("code_id", Uuid::now_v7().to_string()),
        ],
        door: door.account.account_id.to_string(),
        leaver: leaver.account.account_id.to_string(),
        to_accept: invitations.remove(0),
        to_decline: invitations.remove(0),
        to_withdraw: invitations.remove(0),
        seat: play.seat("Stalls B-1").0,
        order_request,
        ticket_type: play.reduced.to_string(),
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn everybody_is_answered_as_the_table_says_and_foreign_ids_as_unknown_ones() {
    let app = TestApp::start(Engine::Sqlite).await;
    let (visitors, rows) = read_table();
    let (everybody, things) = gather(&app).await;
    assert_eq!(everybody.iter().map(|(name, _)| *name).collect::<Vec<_>>(), visitors);
    let mut wrong = String::new();
    for row in &rows {
        let body = things.body(row);
        let path = things.path(row, true);
        for ((name, who), expected) in everybody.iter().zip(&row.expected) {
            let (status, words) = ask(&app, who, row, &path, body.as_ref()).await;
            if status.as_u16() != *expected {
                writeln!(wrong, "{} {} as {name}: {status}, not {expected}: {words:.300}", row.method, row.path)
                    .unwrap();
            }
            if *expected == 404 && !row.makes_its_id() {
                let nothing = things.path(row, false);
                let (status, unknown) = ask(&app, who, row, &nothing, body.as_ref()).await;
                // A page repeats its own address.
                if status != StatusCode::NOT_FOUND || unknown.replace(&nothing, &path) != words {
                    writeln!(
                        wrong,
                        "{} {} as {name}: an unknown id reads otherwise: {unknown:.300}",
                        row.method, row.path
                    )
                    .unwrap();
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_route_of_the_api_is_in_the_table() {
    let app = TestApp::start(Engine::Sqlite).await;
    let document: Value = app.buyer().await.get("/openapi.json").await.unwrap();
    let described: BTreeSet<String> = document["paths"]
        .as_object()
        .unwrap()
        .iter()
        .flat_map(|(path, item)| {
            item.as_object().unwrap().keys().map(move |method| format!("{} {path}", method.to_uppercase()))
        })
        .collect();
    let bare = |row: &Row| format!("{} {}", row.method, row.path.split('?').next().unwrap());
    let (_, rows) = read_table();
    let told: BTreeSet<String> = rows.iter().filter(|row| !matches!(row.method, "PAGE" | "FORM")).map(bare).collect();
    assert!(described.len() > 60, "{described:?}");
    assert_eq!(described, told, "left is the API's document, right the table");
}
