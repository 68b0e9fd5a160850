//! The site without JavaScript: the chart's fallback is the list with check boxes, and every step is a form.

use super::{open_house, seats_page};
use reqwest::{Client, Response, StatusCode};
use shared_model::{PerformanceId, SeatState};
use ticketboss_tests::app::TestApp;

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

/// The value of a hidden field.
fn hidden<'p>(page: &'p str, name: &str) -> &'p str {
    let field = page.split(&format!("name=\"{name}\" value=\"")).nth(1);
    field.and_then(|rest| rest.split('"').next()).unwrap_or_else(|| panic!("the page has no field {name}"))
}

async fn count(app: &TestApp, performance: PerformanceId, wanted: SeatState) -> usize {
    let snapshot = app.coordinator().seat_snapshot(performance).await.unwrap();
    snapshot.states.iter().filter(|(_, state)| *state == wanted).count()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn seats_are_held_and_bought_by_forms_alone() {
    let (app, play) = open_house().await;
    let ana = Plain::new(&app);
    let list = ana.get(&format!("{}?view=list", seats_page(&play))).await;
    let hold = format!("/performances/{}/hold", play.id);
    let form = [("hold_id", hidden(&list, "hold_id")), ("section", "0"), ("seat", "0"), ("seat", "1"), ("area-0", "2")];
    ana.submit(&hold, &form, &seats_page(&play)).await;
    // Pressed twice, or sent again by the back button: the same seats and standing places, not more.
    ana.submit(&hold, &form, &seats_page(&play)).await;
    assert_eq!(count(&app, play.id, SeatState::Held).await, 4);
    assert!(ana.get("/cart").await.contains("row A"), "both seats are in the cart");
    ana.get("/checkout").await;
    ana.submit("/checkout/delivery", &[("method", "email")], "/checkout/you").await;
    let you = [("name", "Inés Calvo"), ("email", "ines@example.com")];
    ana.submit("/checkout/you", &you, "/checkout/card").await;
    let card = [("return_to", "/checkout/card/return"), ("number", "4242 4242 4242 4242")];
    let review = ana.submit("/sandbox/card", &card, "/checkout/review").await;
    let buy = ["order_id", "payment_id", "total_minor", "currency"].map(|name| (name, hidden(&review, name)));
    let order = ana.submit("/checkout/buy", &buy, "/orders/").await;
    assert_eq!(order.matches("class=\"qr\"").count(), 4, "four tickets with their codes");
    ana.submit("/checkout/buy", &buy, "/orders/").await;
    assert_eq!(count(&app, play.id, SeatState::Sold).await, 4);
    app.books_balance().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_form_of_another_site_buys_nothing() {
    let (app, _) = open_house().await;
    let foreign = Plain::new(&app).send("/checkout/buy", "cross-site", &[]).await;
    assert_eq!(foreign.status(), StatusCode::FORBIDDEN);
}
