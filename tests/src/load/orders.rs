//! Orders: seats that are held become paid tickets.

use super::{
    Options, Outcome,
    books::check_orders,
    figures::{Spent, line, print_load, print_memory},
    server::Server,
    venue::{OnSale, PRICE_MINOR},
    wire::{Connection, Crowd, Request, let_ask},
};
use std::{cell::RefCell, rc::Rc, time::Duration};
use uuid::Uuid;

/// Seats a buyer buys.
const SEATS_EACH: u32 = 2;
/// Orders prepared for each second asked for: more than a machine like ours can serve.
const ORDERS_PER_SECOND_MAX: u32 = 3_000;
/// How long holding beforehand may take.
const PREPARE_MAX: Duration = Duration::from_secs(120);

/// Every request buys a cart of two seats with the sandbox's card; it is answered when the tickets are issued.
/// Mail and PDF follow in the background while others still buy, as they would.
pub async fn measure(options: &Options) -> Outcome {
    let (server, on_sale) = Server::with_seats(options).await?;
    let buyers = (on_sale.places / SEATS_EACH).min(options.seconds * ORDERS_PER_SECOND_MAX);
    let tokens: Rc<[String]> = server.open_sessions(buyers).await?.into();
    hold_for_all(&server, &on_sale, &tokens).await?;
    let paid = Rc::new(RefCell::new(Vec::new()));
    let (mut seen, spent) = buy_all(options, &server, &tokens, &paid).await?;
    print_load(
        &format!("orders: {SEATS_EACH} seats each, paid and ticketed, {} clients", options.clients),
        &mut seen,
        &spent,
    );
    print_memory("in the server", server.resident_bytes()?);
    let store = server.stop();
    line("checked", &check_orders(&store, &on_sale, &paid.take(), SEATS_EACH as usize).await?);
    Ok(())
}

async fn hold_for_all(server: &Server, on_sale: &OnSale, tokens: &Rc<[String]>) -> Outcome {
    let (tokens, performance_id) = (tokens.clone(), on_sale.performance_id);
    let crowd = Crowd { address: server.address, clients: 64, longest: PREPARE_MAX };
    let ask = async move |connection: &mut Connection, number: usize| {
        let Some(token) = tokens.get(number) else { return Ok(None) };
        let path = format!("/api/v1/performances/{performance_id}/holds/{}", Uuid::now_v7());
        let first = number as u32 * SEATS_EACH;
        let body = format!(r#"{{"choice":{{"seats":[{first},{}]}}}}"#, first + 1);
        match connection.ask(&Request::send("PUT", &path, token, &body)).await? {
            200 => Ok(Some(200)),
            status => Err(format!("a hold was answered {status}").into()),
        }
    };
    let_ask(crowd, server.watched(), ask).await.map(drop)
}

async fn buy_all(
    options: &Options,
    server: &Server,
    tokens: &Rc<[String]>,
    paid: &Rc<RefCell<Vec<Uuid>>>,
) -> Outcome<(super::figures::Seen, Spent)> {
    let (tokens, paid) = (tokens.clone(), paid.clone());
    let total_minor = PRICE_MINOR * i64::from(SEATS_EACH);
    // Everybody has a mailbox of their own: one may have ten seats.
    let body_of = move |number: usize| {
        format!(
            r#"{{"buyer":{{"name":"Ada Rush","email":"ada{number}@example.com","language":"en"}},"delivery":{{"method":"email"}},"expected_total":{{"amount_minor":{total_minor},"currency":"EUR"}},"payment_method":"pm_card_visa"}}"#
        )
    };
    let ask = async move |connection: &mut Connection, number: usize| {
        let Some(token) = tokens.get(number) else { return Ok(None) };
        let order_id = Uuid::now_v7();
        let path = format!("/api/v1/orders/{order_id}");
        let status = connection.ask(&Request::send("PUT", &path, token, &body_of(number))).await?;
        let order: serde_json::Value = serde_json::from_slice(connection.body())?;
        if order["state"] != "paid" {
            return Err(format!("an order was answered {status}: {order}").into());
        }
        paid.borrow_mut().push(order_id);
        Ok(Some(status))
    };
    let_ask(server.crowd(options), server.watched(), ask).await
}
