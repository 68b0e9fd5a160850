//! The site without JavaScript: the chart's fallback is the list with check boxes, and every step is a form.

use super::{seats_page, start_with_performance};
use reqwest::{Client, Response, StatusCode};
use shared_model::{PerformanceId, SeatState};
use ticketboss_tests::{
    app::TestApp,
    venue::{Performance, Wish},
};

/// A browser that runs no scripts: pages, forms and cookies.
struct Plain {
    client: Client,
    base: String,
}

impl Plain {
    fn new(app: &TestApp) -> Self {
        let client = Client::builder().cookie_store(true).build().expect("a client can be built");
        Self { client, base: app.url() }
    }

    async fn get(&self, path: &str) -> String {
        let answer = self.client.get(format!("{}{path}", self.base)).send().await.unwrap();
        assert!(answer.status().is_success(), "{path}: {}", answer.status());
        answer.text().await.unwrap()
    }

    /// Sends a form as a browser does, and follows where it leads.
    async fn send(&self, path: &str, site: &str, form: &[(&str, &str)]) -> Response {
        let request = self.client.post(format!("{}{path}", self.base)).header("sec-fetch-site", site);
        request.form(form).send().await.unwrap()
    }

    /// Sends a form and expects to be led to a page whose path begins so; returns the page.
    async fn submit(&self, path: &str, form: &[(&str, &str)], leads_to: &str) -> String {
        let answer = self.send(path, "same-origin", form).await;
        assert!(answer.status().is_success(), "{path}: {}", answer.status());
        assert!(answer.url().path().starts_with(leads_to), "{path} leads to {}", answer.url());
        answer.text().await.unwrap()
    }
}

impl Plain {
    /// Ticks seats of the list's first section, and so many standing places, and sends the form.
    async fn hold(&self, performance: &Performance, seats: &[&str], standing: &str) {
        let list = self.get(&format!("{}?view=list", seats_page(performance))).await;
        let mut form = vec![("hold_id", hidden(&list, "hold_id")), ("section", "0"), ("area-0", standing)];
        form.extend(seats.iter().map(|seat| ("seat", *seat)));
        let path = format!("/performances/{}/hold", performance.id);
        self.submit(&path, &form, &seats_page(performance)).await;
        // Pressed twice, or sent again by the back button: the same places, not more.
        self.submit(&path, &form, &seats_page(performance)).await;
    }

    /// Through check-out up to the review, which is returned.
    async fn check_out(&self) -> String {
        self.get("/checkout").await;
        self.submit("/checkout/delivery", &[("method", "email")], "/checkout/you").await;
        let you = [("name", "Inés Calvo"), ("email", "ines@example.com")];
        self.submit("/checkout/you", &you, "/checkout/card").await;
        let card = [("return_to", "/checkout/card/return"), ("number", "4242 4242 4242 4242")];
        self.submit("/sandbox/card", &card, "/checkout/review").await
    }

    async fn buy(&self, review: &str) -> String {
        let form = ["order_id", "payment_id", "total_minor", "currency"].map(|name| (name, hidden(review, name)));
        self.submit("/checkout/buy", &form, "/orders/").await
    }
}

/// The value of a hidden field.
fn hidden<'p>(page: &'p str, name: &str) -> &'p str {
    let field = page.split(&format!("name=\"{name}\" value=\"")).nth(1);
    field.and_then(|rest| rest.split('"').next()).unwrap_or_else(|| panic!("the page has no field {name}"))
}

async fn count(app: &TestApp, performance: PerformanceId, wanted: SeatState) -> usize {
    let snapshot = app.coordinator().seats().seat_snapshot(performance).await.unwrap();
    snapshot.states.iter().filter(|(_, state)| *state == wanted).count()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn seats_are_held_and_bought_by_forms_alone() {
    let (app, play) = start_with_performance().await;
    let ana = Plain::new(&app);
    ana.hold(&play, &["0", "1"], "2").await;
    assert_eq!(count(&app, play.id, SeatState::Held).await, 4);
    assert!(ana.get("/cart").await.contains("row A"), "both seats are in the cart");
    let review = ana.check_out().await;
    let order = ana.buy(&review).await;
    assert_eq!(order.matches("class=\"qr\"").count(), 4, "four tickets with their codes");
    ana.buy(&review).await;
    assert_eq!(count(&app, play.id, SeatState::Sold).await, 4);
    app.books_balance().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_tax_of_several_events_is_the_same_before_and_after_buying() {
    let (app, play) = start_with_performance().await;
    let other = app.stage(Wish { title: "Carmen".to_owned(), ..Wish::default() }).await;
    let ana = Plain::new(&app);
    ana.hold(&play, &["0"], "0").await;
    ana.hold(&other, &["0"], "0").await;
    // 10 % are in € 40.00 and € 40.00: € 3.64 twice, where of € 80.00 it would be € 7.27.
    let review = ana.check_out().await;
    assert!(review.contains("7.28"), "{review}");
    assert!(ana.buy(&review).await.contains("7.28"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_form_of_another_site_buys_nothing() {
    let (app, _) = start_with_performance().await;
    let foreign = Plain::new(&app).send("/checkout/buy", "cross-site", &[]).await;
    assert_eq!(foreign.status(), StatusCode::FORBIDDEN);
}
