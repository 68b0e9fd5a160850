//! Orders once they were placed: whose they are, the list, the signed link, the mail once more, the receipt.

use reqwest::{Client, Method, Response, StatusCode};
use serde_json::{Value, json};
use shared_model::{
    ErrorCode, OrderId, OrderMailId, Problem,
    account::NewSession,
    event::Page,
    order::{Order, OrderState},
};
use std::time::Duration;
use ticketboss_tests::{
    account_holder::{AccountHolder, PASSWORD, sign_in},
    app::TestApp,
    books::execute,
    buyer::{Answer, Buyer, DECLINED_CARD, GOOD_CARD, Refused},
    letterbox, on_both_engines,
    process::wait_until,
    venue::{Performance, Wish},
};

const INES: &str = "ines@example.com";
const MINUTE: Duration = Duration::from_secs(60);

async fn buy(buyer: &Buyer, play: &Performance, seat: &str) -> Order {
    buyer.hold(play, &[seat]).await.unwrap();
    buyer.buy(GOOD_CARD).await.unwrap()
}

async fn orders(of: &Buyer, query: &str) -> Page<Order> {
    of.get(&format!("/orders{query}")).await.unwrap()
}

async fn mail_again(of: &Buyer, order: OrderId, mail: OrderMailId, query: &str) -> Answer<Value> {
    of.post(&format!("/orders/{order}/mail{query}"), &json!({ "mail_id": mail })).await
}

fn order_mails(app: &TestApp) -> Vec<String> {
    let mails = letterbox::mails_to(app.data_folder(), INES);
    mails.into_iter().filter(|mail| mail.contains("tickets-TB-")).collect()
}

async fn mailed(app: &TestApp, count: usize) {
    wait_until("as many mails", async || order_mails(app).len() == count).await;
}

/// A page or file of the site, for somebody without a session.
async fn read_page(app: &TestApp, path: &str) -> Response {
    let request = Client::new().get(format!("{}{path}", app.url())).header("accept", "text/html");
    request.send().await.expect("the server answers")
}

/// A buyer without any session, as an app that was opened by a link.
fn nobody(buyer: &Buyer) -> Buyer {
    let mut nobody = buyer.clone();
    nobody.token.clear();
    nobody
}

on_both_engines! {
    async fn an_order_of_an_account_is_hers_on_every_device_and_nobody_elses(app) {
        let play = app.stage(Wish::default()).await;
        let ines = AccountHolder::sign_up(&app, INES).await;
        let order = buy(&ines.app, &play, "Stalls A-1").await;
        let phone = ines.elsewhere(&app).await.app;
        assert_eq!(phone.order(order.order_id).await.unwrap().number, order.number);
        assert_eq!(orders(&phone, "").await.items.len(), 1);
        let (guest, ben) = (app.buyer().await, AccountHolder::sign_up(&app, "ben@example.com").await.app);
        for eve in [&guest, &ben] {
            assert_eq!(eve.order(order.order_id).await.refused(), ErrorCode::NotFound);
            assert!(orders(eve, "").await.items.is_empty());
            let mine = mail_again(eve, order.order_id, OrderMailId::new(), "").await;
            assert_eq!(mine.refused(), ErrorCode::NotFound);
            for file in ["tickets.pdf", "receipt.pdf"] {
                assert_eq!(eve.get::<Value>(&format!("/orders/{}/{file}", order.order_id)).await.refused(), ErrorCode::NotFound);
            }
            assert_eq!(eve.give_up(order.order_id).await.refused(), ErrorCode::NotFound);
            assert_eq!(eve.pay(order.order_id, GOOD_CARD).await.refused(), ErrorCode::NotFound);
        }
    }

    async fn a_guests_orders_join_the_account_that_confirms_their_address(app) {
        let play = app.stage(Wish::default()).await;
        let guest = app.buyer().await;
        let paid = buy(&guest, &play, "Stalls A-1").await;
        guest.hold(&play, &["Stalls A-2"]).await.unwrap();
        let open = guest.buy(DECLINED_CARD).await.unwrap();
        let ines = AccountHolder::sign_up(&app, INES).await;
        let joined = orders(&ines.app, "").await.items;
        assert_eq!(joined.iter().map(|order| order.order_id).collect::<Vec<_>>(), [paid.order_id]);
        assert_eq!(guest.order(paid.order_id).await.unwrap().number, paid.number, "and stays open where it was bought");
        let done = guest.pay(open.order_id, GOOD_CARD).await.unwrap();
        assert_eq!(done.state, OrderState::Paid, "who stood at the till was not sent away");
        let both = async || { app.look_once().await; orders(&ines.app, "").await.items.len() == 2 };
        wait_until("what is paid later joins as well, without a new sign-in", both).await;
        assert_eq!(app.buyer().await.order(done.order_id).await.refused(), ErrorCode::NotFound);
        let others = buy(&app.buyer().await, &play, "Stalls A-3").await.order_id;
        app.wait(MINUTE);
        let all = async || { app.look_once().await; orders(&ines.app, "").await.items.len() == 3 };
        wait_until("on whatever device she was a guest", all).await;
        ines.app.order(others).await.unwrap();
    }

    async fn what_she_bought_as_a_guest_here_is_hers_alone_once_she_signs_in_and_out(app) {
        let play = app.stage(Wish::default()).await;
        let guest = app.buyer().await;
        let paid = buy(&guest, &play, "Stalls A-1").await;
        let ines = AccountHolder::sign_up_as(&app, guest, INES).await;
        ines.app.order(paid.order_id).await.unwrap();
        let out: NewSession = ines.app.post("/sign-outs", &json!({})).await.unwrap();
        let whoever_comes_next = ines.app.with_token(&out.token);
        assert_eq!(whoever_comes_next.order(paid.order_id).await.refused(), ErrorCode::NotFound);
    }

    async fn and_when_it_joined_her_account_before_she_signed_in(app) {
        let play = app.stage(Wish::default()).await;
        let ines = AccountHolder::sign_up(&app, INES).await;
        let guest = app.buyer().await;
        let paid = buy(&guest, &play, "Stalls A-1").await.order_id;
        let joined = async || { app.look_once().await; orders(&ines.app, "").await.items.len() == 1 };
        wait_until("it joined", joined).await;
        guest.order(paid).await.expect("she stands before its page");
        // Somebody else signs in there: it is not his.
        AccountHolder::sign_up(&app, "ben@example.com").await;
        let ben = sign_in(&guest, "ben@example.com", PASSWORD).await.unwrap();
        let ben = guest.with_token(&ben.session.token);
        assert_eq!(ben.order(paid).await.refused(), ErrorCode::NotFound);
        assert!(orders(&ben, "").await.items.is_empty());
        // She signs in there, and out again.
        let here = sign_in(&ben, INES, PASSWORD).await.unwrap();
        let here = guest.with_token(&here.session.token);
        here.order(paid).await.unwrap();
        let out: NewSession = here.post("/sign-outs", &json!({})).await.unwrap();
        let whoever_comes_next = guest.with_token(&out.token);
        assert_eq!(whoever_comes_next.order(paid).await.refused(), ErrorCode::NotFound);
        assert!(orders(&whoever_comes_next, "").await.items.is_empty());
    }

    async fn who_signs_in_at_the_till_pays_as_herself(app) {
        let play = app.stage(Wish::default()).await;
        let guest = app.buyer().await;
        guest.hold(&play, &["Stalls A-1"]).await.unwrap();
        let open = guest.buy(DECLINED_CARD).await.unwrap();
        let ben = AccountHolder::sign_up_as(&app, guest, "ben@example.com").await;
        ben.app.pay(open.order_id, GOOD_CARD).await.unwrap();
        let elsewhere = ben.elsewhere(&app).await.app;
        assert_eq!(elsewhere.order(open.order_id).await.unwrap().state, OrderState::Paid);
    }

    async fn the_list_comes_in_pages_newest_first_and_takes_no_invented_cursor(app) {
        let play = app.stage(Wish::default()).await;
        let ana = app.buyer().await;
        let mut bought = Vec::new();
        for seat in ["Stalls A-1", "Stalls A-2", "Stalls A-3"] {
            bought.insert(0, buy(&ana, &play, seat).await.order_id);
            app.wait(MINUTE);
        }
        let first = orders(&ana, "?limit=2").await;
        let cursor = first.next_cursor.clone().unwrap();
        let second = orders(&ana, &format!("?limit=2&cursor={cursor}")).await;
        let listed: Vec<OrderId> = first.items.iter().chain(&second.items).map(|order| order.order_id).collect();
        assert_eq!(listed, bought);
        assert_eq!(second.next_cursor, None);
        assert!(first.items[0].performances[0].lines[0].ticket.is_some(), "with its tickets");
        for bad in ["?limit=0", "?limit=51", "?cursor=x", "?cursor=MS4y"] {
            assert_eq!(ana.get::<Value>(&format!("/orders{bad}")).await.refused(), ErrorCode::InvalidInput, "{bad}");
        }
    }

    async fn upcoming_orders_and_past_ones_are_listed_apart(app) {
        let day = 24 * 60 * MINUTE;
        let [soon, later] = [2 * day, 40 * day];
        let first = app.stage(Wish { starts_in: soon, ..Wish::default() }).await;
        let second = app.stage(Wish { starts_in: later, ..Wish::default() }).await;
        let ana = app.buyer().await;
        let late = buy(&ana, &second, "Stalls A-1").await.order_id;
        let early = buy(&ana, &first, "Stalls A-1").await.order_id;
        ana.hold(&second, &["Stalls A-2"]).await.unwrap();
        let given_up = ana.buy(DECLINED_CARD).await.unwrap().order_id;
        ana.give_up(given_up).await.unwrap();
        let ids = async |period: &str| {
            let listed = orders(&ana, &format!("?period={period}")).await.items;
            listed.into_iter().map(|order| order.order_id).collect::<Vec<_>>()
        };
        assert_eq!(ids("upcoming").await, [early, late], "soonest first, whenever it was bought");
        let first = orders(&ana, "?period=upcoming&limit=1").await;
        let cursor = first.next_cursor.unwrap();
        let second = orders(&ana, &format!("?period=upcoming&limit=1&cursor={cursor}")).await;
        assert_eq!((first.items[0].order_id, second.items[0].order_id), (early, late));
        assert_eq!(second.next_cursor, None);
        assert_eq!(ids("past").await, [given_up], "nothing was bought, so nothing is to come");
        // While it plays, and a while after, its codes stay where they were.
        app.wait(soon + 5 * 60 * MINUTE);
        assert_eq!(ids("upcoming").await, [early, late]);
        app.wait(2 * 60 * MINUTE);
        assert_eq!(ids("upcoming").await, [late]);
        assert_eq!(ids("past").await, [given_up, early]);
        assert_eq!(ana.get::<Value>("/orders?period=never").await.refused(), ErrorCode::InvalidInput);
    }

    async fn the_mails_link_opens_the_order_and_its_files_without_a_session(app) {
        let play = app.stage(Wish::default()).await;
        let ana = app.buyer().await;
        let (order, other) = (buy(&ana, &play, "Stalls A-1").await, buy(&ana, &play, "Stalls A-2").await);
        let key = app.coordinator().orders().order_key(order.order_id);
        mailed(&app, 2).await;
        let unfolded = order_mails(&app).join("").replace("=\n", "").replace("=\r\n", "");
        assert!(unfolded.contains(&key), "the mail carries it");
        let nobody = nobody(&ana);
        let path = format!("/orders/{}", order.order_id);
        assert_eq!(nobody.get::<Order>(&format!("{path}?key={key}")).await.unwrap().number, order.number);
        for (path, kind) in [
            ("", "text/html"),
            ("/tickets/1", "text/html"),
            ("/tickets.pdf", "application/pdf"),
            ("/receipt", "application/pdf"),
        ] {
            let opened = read_page(&app, &format!("/orders/{}{path}?key={key}", order.order_id)).await;
            assert_eq!(opened.status(), StatusCode::OK, "{path}");
            assert!(opened.headers()["content-type"].to_str().unwrap().starts_with(kind), "{path}");
            let of_another = format!("?key={}", app.coordinator().orders().order_key(other.order_id));
            for wrong in ["", "?key=", "?key=x", &of_another] {
                let refused = read_page(&app, &format!("/orders/{}{path}{wrong}", order.order_id)).await;
                assert_eq!(refused.status(), StatusCode::NOT_FOUND, "{path}{wrong}");
            }
        }
        let page = read_page(&app, &format!("{path}?key={key}")).await.text().await.unwrap();
        for link in [format!("/tickets.pdf?key={key}"), format!("/tickets/1?key={key}")] {
            assert!(page.contains(&link), "its links go on to work");
        }
        // Reading is all it opens.
        let linked = format!("{path}?key={key}");
        let given_up = nobody.send::<Order>(nobody.request(Method::DELETE, &linked)).await;
        assert_eq!(given_up.refused(), ErrorCode::Unauthenticated);
    }

    async fn a_mail_is_sent_again_once_for_each_wish_and_not_too_often(app) {
        let play = app.stage(Wish::default()).await;
        let ana = app.buyer().await;
        let order = buy(&ana, &play, "Stalls A-1").await.order_id;
        mailed(&app, 1).await;
        let wish = OrderMailId::new();
        for _ in 0..3 {
            mail_again(&ana, order, wish, "").await.unwrap();
        }
        mailed(&app, 2).await;
        let refusal = mail_again(&ana, order, OrderMailId::new(), "").await.unwrap_err();
        assert_eq!((refusal.code, refusal.retry_after_seconds), (ErrorCode::RateLimited, Some(60)));
        let key = app.coordinator().orders().order_key(order);
        for _ in 0..4 {
            app.wait(MINUTE);
            mail_again(&nobody(&ana), order, OrderMailId::new(), &format!("?key={key}")).await.unwrap();
        }
        mailed(&app, 6).await;
        app.wait(10 * MINUTE);
        assert_eq!(mail_again(&ana, order, OrderMailId::new(), "").await.refused(), ErrorCode::RateLimited);
        mail_again(&ana, order, wish, "").await.unwrap();
        app.wait(24 * 60 * MINUTE);
        mail_again(&ana, order, OrderMailId::new(), "").await.unwrap();
        mailed(&app, 7).await;
        let ids: std::collections::HashSet<String> = order_mails(&app)
            .iter()
            .filter_map(|mail| mail.lines().find(|line| line.starts_with("Message-ID:")).map(str::to_owned))
            .collect();
        assert_eq!(ids.len(), 7, "each is a mail of its own");
    }

    async fn a_wish_is_for_one_order_and_only_a_paid_one_has_a_mail(app) {
        let play = app.stage(Wish::default()).await;
        let ana = app.buyer().await;
        let (first, second) = (buy(&ana, &play, "Stalls A-1").await, buy(&ana, &play, "Stalls A-2").await);
        let wish = OrderMailId::new();
        mail_again(&ana, first.order_id, wish, "").await.unwrap();
        assert_eq!(mail_again(&ana, second.order_id, wish, "").await.refused(), ErrorCode::InvalidInput);
        ana.hold(&play, &["Stalls A-3"]).await.unwrap();
        let open = ana.buy(DECLINED_CARD).await.unwrap();
        assert_eq!(mail_again(&ana, open.order_id, OrderMailId::new(), "").await.refused(), ErrorCode::OrderClosed);
        let receipt = ana.get::<Value>(&format!("/orders/{}/receipt.pdf", open.order_id)).await;
        assert_eq!(receipt.refused(), ErrorCode::OrderClosed);
    }

    async fn many_wishes_at_once_are_one_mail(app) {
        let play = app.stage(Wish::default()).await;
        let ana = app.buyer().await;
        let order = buy(&ana, &play, "Stalls A-1").await.order_id;
        let mut wishes = tokio::task::JoinSet::new();
        for _ in 0..8 {
            let ana = ana.clone();
            wishes.spawn(async move { mail_again(&ana, order, OrderMailId::new(), "").await });
        }
        let answers: Vec<Answer<Value>> = wishes.join_all().await;
        assert_eq!(answers.iter().filter(|answer| answer.is_ok()).count(), 1);
        let is_late = |answer: &Answer<Value>| matches!(answer, Err(Problem { code: ErrorCode::RateLimited, .. }));
        assert_eq!(answers.iter().filter(|answer| is_late(answer)).count(), 7);
    }

    async fn the_receipt_holds_the_tax_each_line_was_sold_with(app) {
        let play = app.stage(Wish::default()).await;
        let ana = app.buyer().await;
        let order = buy(&ana, &play, "Stalls A-1").await;
        let rate = order.performances[0].tax_rate_basis_points;
        execute(app.coordinator().database(), "update performance set tax_rate_basis_points = 400").await;
        let later = ana.order(order.order_id).await.unwrap();
        assert_eq!(later.performances[0].tax_rate_basis_points, rate, "frozen with the price");
        let request = ana.request(Method::GET, &format!("/orders/{}/receipt.pdf", order.order_id));
        let pdf = request.send().await.unwrap().bytes().await.unwrap();
        assert!(pdf.starts_with(b"%PDF"));
    }
}
