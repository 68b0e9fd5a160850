//! Every route of the API, and the pages that belong to somebody, for every kind of visitor: one table. A route
//! that is not in it fails, and what is somebody else's reads as if there were none.

use reqwest::{Client, Method, Response, StatusCode, redirect::Policy};
use serde_json::{Value, json};
use shared_model::{
    CodeId, ErrorCode, HoldId, OrderId, OrganizerId,
    account::{NewSession, SavedCard, SessionInfo},
    event::PerformanceDetail,
    factor::PasskeyCeremony,
    hold::SeatChoice,
    order::OrderRequest,
    staff::MemberRole,
};
use std::{collections::BTreeSet, fmt::Write, path::Path};
use ticketboss::data::Database;
use ticketboss_tests::{
    account_holder::{AccountHolder, PASSWORD, sign_in},
    app::{Engine, TestApp},
    authenticator::Authenticator,
    books::execute,
    buyer::{Buyer, GOOD_CARD, Refused},
    on_both_engines,
    process::wait_until,
    staff::{AuthenticatorApp, accept_only, invite, member, operator, organizer},
    venue::Wish,
};
use uuid::Uuid;

/// What each visitor is answered, one status for all or one for each. The ids in the paths are the customer's own order,
/// session, passkey and invitations, and the organizer whose team door, box office, manager and owner are. `half` typed
/// a right password and no second factor yet, `link` has no session but the link of the customer's order, `bare` is an
/// owner as well, without a second factor; `other` owns another organizer.
const TABLE: &str = include_str!("matrix.txt");

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
    /// What is removed or answered on the site, when the API's are gone.
    on_page: OnPage,
    seat: u32,
    order_request: Value,
    ticket_type: String,
}

struct OnPage {
    to_accept: String,
    to_decline: String,
    passkey: String,
    card: String,
    session: String,
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
            ("FORM", "/account/invitations/{invitation_id}/accept") => put("invitation_id", &self.on_page.to_accept),
            ("FORM", "/account/invitations/{invitation_id}/decline") => put("invitation_id", &self.on_page.to_decline),
            ("FORM", "/account/passkeys/{passkey_id}/remove") => put("passkey_id", &self.on_page.passkey),
            ("FORM", "/account/cards/{saved_card_id}/remove") => put("saved_card_id", &self.on_page.card),
            ("FORM", "/account/sessions/{session_id}/end") => put("session_id", &self.on_page.session),
            _ => {}
        }
        put("account_id", &self.door);
        put("invitation_id", &self.to_accept);
        self.ids.iter().for_each(|(name, id)| put(name, id));
        let path = path.replace("{position}", "1");
        assert!(!path.contains('{'), "{path}: what is that?");
        path
    }

    /// What a form of the site sends.
    fn form(&self, row: &Row) -> Vec<(&'static str, String)> {
        let text = |name, value: &str| (name, value.to_owned());
        let performance = self.ids.iter().find(|(name, _)| *name == "performance_id").unwrap().1.clone();
        match row.path {
            "/tell-me" => vec![("performance", performance), text("email", "eva@example.com")],
            "/language" => vec![text("language", "en"), text("next", "/")],
            "/performances/{performance_id}/hold" => vec![("seat", self.seat.to_string())],
            "/performances/{performance_id}/release" => vec![("seat", self.seat.to_string())],
            "/cart/ticket-type" => vec![
                ("performance_id", performance),
                ("seat", self.seat.to_string()),
                ("ticket_type_id", self.ticket_type.clone()),
            ],
            "/cart/again" | "/cart/forget" => vec![("performance_id", performance)],
            "/checkout/delivery" => vec![text("method", "email")],
            "/orders/{order_id}/mail" => vec![("mail_id", Uuid::now_v7().to_string())],
            "/sandbox/challenge/{intent}" => vec![text("answer", "approve")],
            "/account/profile" => vec![text("name", "Inés"), text("language", "en")],
            _ => Vec::new(),
        }
    }

    fn body(&self, row: &Row) -> Option<Value> {
        if matches!(row.method, "PAGE" | "FORM") {
            return None;
        }
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
            (
                "POST",
                "/sign-ins/second-factor/totp" | "/sign-ins/second-factor/mailed-code" | "/account/proofs/totp",
            ) => {
                json!({ "code": "123456" })
            }
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

/// One of the table's visitors.
struct Visitor {
    name: &'static str,
    buyer: Buyer,
    browser: Client,
    /// Of the link to the customer's order.
    key: Option<String>,
}

impl Visitor {
    fn new(name: &'static str, buyer: Buyer) -> Self {
        let browser = Client::builder().redirect(Policy::none()).build().unwrap();
        Self { name, buyer, browser, key: None }
    }

    /// Sends the row's request as it is sent by her own browser or app, or with a header beside.
    async fn send(&self, app: &TestApp, row: &Row, path: &str, things: &Things, header: Option<[&str; 2]>) -> Response {
        let path = match &self.key {
            Some(key) if path.contains("/orders/") => format!("{path}?key={key}"),
            _ => path.to_owned(),
        };
        let who = &self.buyer;
        let request = match row.method {
            "PAGE" | "FORM" => {
                let browser = &self.browser;
                let url = format!("{}{path}", app.url());
                let request =
                    if row.method == "PAGE" { browser.get(url) } else { browser.post(url).form(&things.form(row)) };
                if who.token.is_empty() {
                    request
                } else {
                    request.header("cookie", format!("tb_session={}", who.token))
                }
            }
            method => who.request(Method::from_bytes(method.as_bytes()).unwrap(), &path),
        };
        let request = match header {
            Some([name, value]) => request.header(name, value),
            None => request,
        };
        let request = match things.body(row) {
            Some(body) => request.json(&body),
            None => request,
        };
        request.send().await.unwrap()
    }

    async fn ask(&mut self, app: &TestApp, row: &Row, path: &str, things: &Things) -> (StatusCode, String) {
        let answer = self.send(app, row, path, things, None).await;
        let leads_to = answer.headers().get("location").and_then(|to| to.to_str().ok()).unwrap_or_default().to_owned();
        let status = match leads_to.split('?').next() {
            Some("/sign-in") => StatusCode::UNAUTHORIZED,
            Some("/account/proof") => StatusCode::FORBIDDEN,
            _ => answer.status(),
        };
        let words = format!("{leads_to} {}", String::from_utf8_lossy(&answer.bytes().await.unwrap()));
        // A proof gives new tokens, and she goes on with them.
        if row.path.starts_with("/account/proofs")
            && let Ok(session) = serde_json::from_str::<NewSession>(words.trim_start())
        {
            self.buyer.token = session.token;
        }
        (status, words)
    }
}

/// Everybody of the table, in its order, and what it speaks of.
async fn gather(app: &TestApp) -> (Vec<Visitor>, Things) {
    let operator = operator(app).await;
    let (muelle, owner) = organizer(app, &operator, "muelle").await;
    let (_, other) = organizer(app, &operator, "faro").await;
    let door = member(app, &owner, muelle, MemberRole::Door).await;
    let box_office = member(app, &owner, muelle, MemberRole::BoxOffice).await;
    let manager = member(app, &owner, muelle, MemberRole::Manager).await;
    let bare = AccountHolder::sign_up(app, "bare@example.com").await;
    invite(&owner.app, muelle, &bare.email, MemberRole::Owner).await.unwrap();
    accept_only(&bare.app).await;
    let leaver = AccountHolder::sign_up(app, "leaver@example.com").await;
    let customer = AccountHolder::sign_up(app, "customer@example.com").await;
    let things = things(app, &customer, muelle, &owner, &door, &leaver).await;
    let guest = app.buyer().await;
    let mut stranger = guest.clone();
    stranger.token.clear();
    let careful = AccountHolder::sign_up(app, "careful@example.com").await;
    AuthenticatorApp::set_up_with(app, &careful.app).await;
    let half = app.buyer().await;
    assert_eq!(sign_in(&half, &careful.email, PASSWORD).await.refused(), ErrorCode::SecondFactorRequired);
    let order = things.ids.iter().find(|(name, _)| *name == "order_id").unwrap().1.parse().unwrap();
    let link =
        Visitor { key: Some(app.coordinator().orders().order_key(order)), ..Visitor::new("link", stranger.clone()) };
    let everybody = vec![
        Visitor::new("stranger", stranger),
        Visitor::new("guest", guest),
        Visitor::new("half", half),
        link,
        Visitor::new("door", door.app),
        Visitor::new("box", box_office.app),
        Visitor::new("manager", manager.app),
        Visitor::new("owner", owner.app),
        Visitor::new("bare", bare.app),
        Visitor::new("other", other.app),
        Visitor::new("operator", operator.app),
        Visitor::new("customer", customer.app),
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
    buyer.hold(&play, &["Stalls A-2"]).await.unwrap();
    let another = OrderRequest { save_card: true, ..buyer.order_request("pm_card_mastercard").await };
    buyer.place_order(OrderId::new(), &another).await.unwrap();
    let cards = async || buyer.get::<Vec<SavedCard>>("/account/cards").await.unwrap();
    wait_until("her cards are kept", async || cards().await.len() == 2).await;
    let cards = cards().await;
    let hold = HoldId::new();
    buyer.hold_as(&play, hold, SeatChoice::Seats(play.seats(&["Stalls B-1"]))).await.unwrap();
    let (passkey, passkey_on_page) = (add_passkey(buyer).await, add_passkey(buyer).await);
    let ceremony: PasskeyCeremony = buyer.post("/passkeys/sign-ins", &json!({})).await.unwrap();
    customer.elsewhere(app).await;
    customer.elsewhere(app).await;
    let sessions: Vec<SessionInfo> = buyer.get("/account/sessions").await.unwrap();
    let elsewhere: Vec<_> = sessions.iter().filter(|session| !session.is_this).collect();
    let written = invite(&owner.app, muelle, &customer.email, MemberRole::Door).await.unwrap().invitation_id.0;
    let mut invitations = vec![written];
    // One address has one open invitation at a time; the table wants some.
    for _ in 0..4 {
        let another = Uuid::now_v7();
        copy_invitation(app.coordinator().database(), written, another).await;
        invitations.push(another);
    }
    let mut invitations: Vec<String> = invitations.iter().map(Uuid::to_string).collect();
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
            ("saved_card_id", cards[0].saved_card_id.to_string()),
            ("organizer_id", muelle.to_string()),
            ("session_id", elsewhere[0].session_id.to_string()),
            ("passkey_id", passkey),
            ("ceremony_id", ceremony.ceremony_id.to_string()),
            ("sign_up_id", Uuid::now_v7().to_string()),
            ("code_id", Uuid::now_v7().to_string()),
            ("digest", "x".to_owned()),
            ("*path", "x".to_owned()),
            ("name", "x".to_owned()),
            ("id", Uuid::now_v7().to_string()),
            ("intent", "x".to_owned()),
        ],
        door: door.account.account_id.to_string(),
        leaver: leaver.account.account_id.to_string(),
        to_accept: invitations.remove(0),
        to_decline: invitations.remove(0),
        to_withdraw: invitations.remove(0),
        on_page: OnPage {
            to_accept: invitations.remove(0),
            to_decline: invitations.remove(0),
            passkey: passkey_on_page,
            card: cards[1].saved_card_id.to_string(),
            session: elsewhere[1].session_id.to_string(),
        },
        seat: play.seat("Stalls B-1").0,
        order_request,
        ticket_type: play.reduced.to_string(),
    }
}

async fn copy_invitation(database: &Database, written: Uuid, another: Uuid) {
    let id = |id: Uuid| match database.engine() {
        Engine::Sqlite => format!("x'{}'", id.simple()),
        Engine::Postgres => format!("'{id}'"),
    };
    let columns = "organizer_id, email_key, role, invited_by, created_at, expires_at";
    let copy = format!(
        "insert into invitation (invitation_id, {columns}) select {}, {columns} from invitation where invitation_id = {}",
        id(another),
        id(written)
    );
    execute(database, copy.leak()).await;
}

async fn add_passkey(who: &Buyer) -> String {
    let mut device = Authenticator::new("http://localhost:8080");
    let asked: PasskeyCeremony = who.post("/account/passkeys/ceremonies", &json!({})).await.unwrap();
    let made =
        json!({ "ceremony_id": asked.ceremony_id, "name": "Key", "credential": device.create(&asked.public_key) });
    let passkey: Value = who.post("/account/passkeys", &made).await.unwrap();
    passkey["passkey_id"].as_str().unwrap().to_owned()
}

on_both_engines! {
    async fn no_other_site_makes_a_browser_change_anything(app) {
        let (_, rows) = read_table();
        let (everybody, things) = gather(&app).await;
        let changing = rows.iter().filter(|row| !matches!(row.method, "GET" | "PAGE")).collect::<Vec<_>>();
        assert!(changing.len() > 90);
        for visitor in everybody.iter().filter(|visitor| matches!(visitor.name, "guest" | "owner" | "customer")) {
            for row in &changing {
                let path = things.path(row, true);
                for header in [["sec-fetch-site", "cross-site"], ["sec-fetch-site", "same-site"], ["origin", "https://evil.example"]] {
                    let answer = visitor.send(&app, row, &path, &things, Some(header)).await;
                    assert_eq!(answer.status(), StatusCode::FORBIDDEN, "{} {} as {} with {header:?}", row.method, row.path, visitor.name);
                    assert!(answer.headers().get("set-cookie").is_none(), "{} {}", row.method, row.path);
                }
            }
        }
        let customer = everybody.iter().find(|visitor| visitor.name == "customer").unwrap();
        let sessions: Vec<SessionInfo> = customer.buyer.get("/account/sessions").await.unwrap();
        assert_eq!(sessions.len(), 3, "nothing was done");
    }

    async fn everybody_is_answered_as_the_table_says_and_foreign_ids_as_unknown_ones(app) {
        let (visitors, rows) = read_table();
        let (mut everybody, things) = gather(&app).await;
        assert_eq!(everybody.iter().map(|visitor| visitor.name).collect::<Vec<_>>(), visitors);
        let mut wrong = String::new();
        for row in &rows {
            let path = things.path(row, true);
            for (visitor, expected) in everybody.iter_mut().zip(&row.expected) {
                let (name, (status, words)) = (visitor.name, visitor.ask(&app, row, &path, &things).await);
                if status.as_u16() != *expected {
                    writeln!(wrong, "{} {} as {name}: {status}, not {expected}: {words:.200}", row.method, row.path).unwrap();
                }
                if *expected == 404 && !row.makes_its_id() {
                    let nothing = things.path(row, false);
                    let (status, unknown) = visitor.ask(&app, row, &nothing, &things).await;
                    // A page repeats its own address.
                    if status != StatusCode::NOT_FOUND || unknown.replace(&nothing, &path) != words {
                        writeln!(wrong, "{} {} as {name}: an unknown id reads otherwise: {unknown:.300}", row.method, row.path)
                            .unwrap();
                    }
                }
            }
        }
        assert!(wrong.is_empty(), "{wrong}");
    }
}

fn bare(row: &Row) -> String {
    format!("{} {}", row.method, row.path.split('?').next().unwrap())
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
    let (_, rows) = read_table();
    let told: BTreeSet<String> = rows.iter().filter(|row| !matches!(row.method, "PAGE" | "FORM")).map(bare).collect();
    assert!(described.len() > 60, "{described:?}");
    assert_eq!(described, told, "left is the API's document, right the table");
}

/// All Rust files under a folder.
fn sources(folder: &Path) -> Vec<String> {
    let entries = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    entries
        .flat_map(|path| match path.extension() {
            _ if path.is_dir() => sources(&path),
            Some(end) if end == "rs" => vec![std::fs::read_to_string(&path).unwrap()],
            _ => Vec::new(),
        })
        .collect()
}

/// The pages and forms a source file serves: what stands in its `.route("…", get(…).post(…))`.
fn routes_in(source: &str) -> Vec<String> {
    let mut routes = Vec::new();
    for call in source.split(".route(").skip(1) {
        let mut quoted = call.splitn(3, '"');
        let (Some(before), Some(path), Some(handlers)) = (quoted.next(), quoted.next(), quoted.next()) else {
            continue;
        };
        if !before.trim().is_empty() || !path.starts_with('/') {
            continue;
        }
        let mut depth = 1;
        let end = handlers.find(|letter| {
            depth += i32::from(letter == '(') - i32::from(letter == ')');
            depth == 0
        });
        let handlers = &handlers[..end.unwrap()];
        if handlers.contains("get(") || handlers.contains("any(") {
            routes.push(format!("PAGE {path}"));
        }
        if handlers.contains("post(") {
            routes.push(format!("FORM {path}"));
        }
    }
    routes
}

#[test]
fn every_page_and_form_of_the_site_is_in_the_table() {
    let http = Path::new(env!("CARGO_MANIFEST_DIR")).join("../server/src/http");
    let served: BTreeSet<String> = sources(&http).iter().flat_map(|source| routes_in(source)).collect();
    // The API's document, beside its routes.
    let served: BTreeSet<String> = served.into_iter().filter(|route| route != "PAGE /openapi.json").collect();
    let (_, rows) = read_table();
    let told: BTreeSet<String> = rows.iter().filter(|row| matches!(row.method, "PAGE" | "FORM")).map(bare).collect();
    assert!(served.len() > 80, "{served:?}");
    assert_eq!(served, told, "left is what the server's files route, right the table");
}
