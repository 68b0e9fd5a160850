//! A buyer with a session of her own, who does everything through the RESTful API as an app would.

use crate::{venue::Performance, viewer::Viewer};
use reqwest::{Client, Method, RequestBuilder, Response, StatusCode, header};
use serde::{Serialize, de::DeserializeOwned};
use serde_json::json;
use shared_model::{
    ErrorCode, HoldId, Language, OrderId, PaymentId, Problem, SeatNo, TicketTypeId,
    account::NewSession,
    hold::{BestSeats, Hold, HoldRequest, SeatChoice},
    order::{Buyer as BuyerData, Cart, Delivery, Order, OrderRequest},
};

/// Cards of the sandbox, by what they do.
pub const GOOD_CARD: &str = "pm_card_visa";
pub const DECLINED_CARD: &str = "pm_card_chargeDeclined";
pub const ASKING_CARD: &str = "pm_card_threeDSecure2Required";
pub const TIMED_OUT_CARD: &str = "pm_sandbox_timeout";

/// What an answer is: what was asked for, or why not.
pub type Answer<T> = Result<T, Problem>;

/// Somebody who buys. A clone is the same person on another device.
#[derive(Debug, Clone)]
pub struct Buyer {
    client: Client,
    url: String,
    pub token: String,
    /// Where she comes from, as the proxy says; without it all come from one address.
    address: Option<String>,
    /// Where her orders are mailed to.
    email: String,
}

impl Buyer {
    /// Comes with a new session.
    pub async fn arrive(url: &str) -> Self {
        let ines = Self::arrive_with(Client::new(), url).await;
        ines.under("ines@example.com")
    }

    /// Comes over connections that others use as well: a crowd on one machine, everybody with a mailbox of their own.
    pub async fn arrive_with(client: Client, url: &str) -> Self {
        let email = format!("{}@example.com", uuid::Uuid::new_v4().simple());
        let mut buyer = Self { client, url: url.to_owned(), token: String::new(), address: None, email };
        let session: NewSession = buyer.post("/sessions", &json!({})).await.expect("everyone gets a session");
        buyer.token = session.token;
        buyer
    }

    /// The same person at another node.
    pub fn at(&self, url: &str) -> Self {
        Self { url: url.to_owned(), ..self.clone() }
    }

    /// The same connections with another session.
    pub fn with_token(&self, token: &str) -> Self {
        Self { token: token.to_owned(), ..self.clone() }
    }

    /// The same person from another address.
    pub fn from(&self, address: impl Into<String>) -> Self {
        Self { address: Some(address.into()), ..self.clone() }
    }

    /// The same person who types this mailbox when she buys.
    pub fn under(&self, email: &str) -> Self {
        Self { email: email.to_owned(), ..self.clone() }
    }

    pub async fn hold(&self, performance: &Performance, labels: &[&str]) -> Answer<Hold> {
        self.hold_seats(performance, performance.seats(labels)).await
    }

    pub async fn hold_seats(&self, performance: &Performance, seats: Vec<SeatNo>) -> Answer<Hold> {
        self.hold_as(performance, HoldId::new(), SeatChoice::Seats(seats)).await
    }

    pub async fn hold_standing(&self, performance: &Performance, count: u32) -> Answer<Hold> {
        self.hold_as(performance, HoldId::new(), SeatChoice::Standing { area: 0, count }).await
    }

    pub async fn hold_best(&self, performance: &Performance, best: BestSeats) -> Answer<Hold> {
        self.hold_as(performance, HoldId::new(), SeatChoice::Best(best)).await
    }

    /// Holds under an id of one's own, which makes a repeat free.
    pub async fn hold_as(&self, performance: &Performance, hold_id: HoldId, choice: SeatChoice) -> Answer<Hold> {
        let request = HoldRequest { choice, ticket_type_id: None };
        self.put(&format!("/performances/{}/holds/{hold_id}", performance.id), &request).await
    }

    pub async fn release(&self, performance: &Performance, labels: &[&str]) -> Answer<Hold> {
        let seats = performance.seats(labels);
        self.post(&format!("/performances/{}/releases", performance.id), &json!({ "seats": seats })).await
    }

    pub async fn extend(&self, performance: &Performance) -> Answer<Hold> {
        self.post(&format!("/performances/{}/extensions", performance.id), &json!({})).await
    }

    pub async fn cart(&self) -> Cart {
        self.get("/cart").await.expect("a cart can always be read")
    }

    pub async fn choose_type(&self, performance: &Performance, label: &str, ticket_type: TicketTypeId) -> Answer<()> {
        let seat = performance.seat(label).0;
        let path = format!("/cart/performances/{}/seats/{seat}/ticket-type", performance.id);
        self.put(&path, &json!({ "ticket_type_id": ticket_type })).await
    }

    /// What she would send to buy all she holds.
    pub async fn order_request(&self, payment_method: &str) -> OrderRequest {
        let request = Self::order_of(&self.cart().await, payment_method);
        let buyer = BuyerData { email: self.email.parse().expect("an address"), ..request.buyer };
        OrderRequest { buyer, ..request }
    }

    /// What somebody would send to buy all that is in this cart, under a mailbox of its own.
    pub fn order_of(cart: &Cart, payment_method: &str) -> OrderRequest {
        let total = cart.total.expect("the cart holds something");
        OrderRequest {
            buyer: BuyerData {
                name: "Inés Calvo".parse().expect("a name"),
                email: format!("{}@example.com", cart.cart_id).parse().expect("an address"),
                language: Language::En,
            },
            delivery: Delivery::Email,
            expected_total: total,
            payment_method: payment_method.to_owned(),
            save_card: false,
        }
    }

    /// Buys all she holds with this card.
    pub async fn buy(&self, payment_method: &str) -> Answer<Order> {
        let request = self.order_request(payment_method).await;
        self.place_order(OrderId::new(), &request).await
    }

    pub async fn place_order(&self, order_id: OrderId, request: &OrderRequest) -> Answer<Order> {
        self.put(&format!("/orders/{order_id}"), request).await
    }

    pub async fn order(&self, order_id: OrderId) -> Answer<Order> {
        self.get(&format!("/orders/{order_id}")).await
    }

    /// Tries another card.
    pub async fn pay(&self, order_id: OrderId, payment_method: &str) -> Answer<Order> {
        self.pay_as(order_id, PaymentId::new(), payment_method).await
    }

    /// Tries another card under an id of one's own.
    pub async fn pay_as(&self, order_id: OrderId, payment_id: PaymentId, payment_method: &str) -> Answer<Order> {
        let body = json!({ "payment_id": payment_id, "payment_method": payment_method });
        self.post(&format!("/orders/{order_id}/payments"), &body).await
    }

    pub async fn give_up(&self, order_id: OrderId) -> Answer<Order> {
        self.send(self.request(Method::DELETE, &format!("/orders/{order_id}"))).await
    }

    /// Opens the live chart.
    pub async fn watch(&self, performance: &Performance) -> Viewer {
        Viewer::open(&self.url, performance, &self.token).await
    }

    pub async fn get<T: DeserializeOwned>(&self, path: &str) -> Answer<T> {
        self.send(self.request(Method::GET, path)).await
    }

    pub async fn put<T: DeserializeOwned>(&self, path: &str, body: &impl Serialize) -> Answer<T> {
        self.send(self.request(Method::PUT, path).json(body)).await
    }

    pub async fn post<T: DeserializeOwned>(&self, path: &str, body: &impl Serialize) -> Answer<T> {
        self.send(self.request(Method::POST, path).json(body)).await
    }

    /// A request of hers, to be completed and sent by [`Self::send`] or by hand.
    pub fn request(&self, method: Method, path: &str) -> RequestBuilder {
        let request = self.client.request(method, format!("{}/api/v1{path}", self.url));
        let request = match &self.address {
            Some(address) => request.header("x-forwarded-for", address),
            None => request,
        };
        if self.token.is_empty() { request } else { request.bearer_auth(&self.token) }
    }

    /// Sends a request and reads its answer.
    pub async fn send<T: DeserializeOwned>(&self, request: RequestBuilder) -> Answer<T> {
        read(request.send().await.expect("the server answers")).await
    }
}

/// Reads an answer of the API. Whatever is no success must be a problem with one of the closed codes, and never a
/// failure of the server.
pub async fn read<T: DeserializeOwned>(response: Response) -> Answer<T> {
    let status = response.status();
    let kind = response.headers().get(header::CONTENT_TYPE).map(|kind| kind.to_str().unwrap_or("").to_owned());
    let path = response.url().path().to_owned();
    let bytes = response.bytes().await.expect("the answer arrives whole");
    if status.is_success() {
        let bytes = if bytes.is_empty() { b"null" } else { &bytes[..] };
        return Ok(serde_json::from_slice(bytes).unwrap_or_else(|error| panic!("{path}: {error}")));
    }
    let words = String::from_utf8_lossy(&bytes);
    assert_eq!(kind.as_deref(), Some("application/problem+json"), "{path}: {status}: {words}");
    assert_ne!(status, StatusCode::INTERNAL_SERVER_ERROR, "{path}: {words}");
    let problem: Problem = serde_json::from_slice(&bytes).unwrap_or_else(|error| panic!("{path}: {error}: {words}"));
    assert_eq!(problem.status, status.as_u16(), "{path}: {words}");
    Err(problem)
}

/// The refusal's code; a success is a failure of the test.
pub trait Refused {
    fn refused(self) -> ErrorCode;
}

impl<T: std::fmt::Debug> Refused for Answer<T> {
    fn refused(self) -> ErrorCode {
        self.expect_err("it is refused").code
    }
}
