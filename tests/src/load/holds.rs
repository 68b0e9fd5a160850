//! Holds, granted and refused: the heart of an on-sale rush.

use super::{
    Options, Outcome,
    books::{Told, check_holds},
    figures::{line, print_load, print_memory},
    server::Server,
    wire::{Connection, Request, let_ask},
};
use shared_model::{PerformanceId, hold::Hold};
use std::{cell::RefCell, rc::Rc};
use uuid::Uuid;

/// Buyers the seats are shared among: each stays below the ten seats of a customer.
const SEATS_PER_BUYER: u32 = 10;
/// Buyers who ask for taken seats.
const LATE_BUYERS: u32 = 256;
/// Apart by this many, so that neighbours in time are none in the rows.
const STRIDE: usize = 7_919;

/// Every request takes one free seat; each is answered only when it is on disk.
pub async fn measure_holds(options: &Options) -> Outcome {
    let (server, on_sale) = Server::with_seats(options).await?;
    let tokens = server.open_sessions(on_sale.places.div_ceil(SEATS_PER_BUYER)).await?;
    let told = Rc::new(RefCell::new(Told::default()));
    let ask = {
        let (told, places) = (told.clone(), on_sale.places as usize);
        async move |connection: &mut Connection, number: usize| {
            if number >= places {
                return Ok(None);
            }
            let token = &tokens[number % tokens.len()];
            let status = hold(connection, on_sale.performance_id, token, number * STRIDE % places).await?;
            if status == 200 {
                let hold: Hold = serde_json::from_slice(connection.body())?;
                told.borrow_mut().holds(hold.cart_id, &hold.taken);
            }
            Ok(Some(status))
        }
    };
    let (mut seen, spent) = let_ask(server.crowd(options), server.watched(), ask).await?;
    print_load(
        &format!("holds: one seat each of {} of one performance, {} clients", on_sale.places, options.clients),
        &mut seen,
        &spent,
    );
    print_memory("in the server", server.resident_bytes()?);
    let store = server.stop();
    line("checked", &check_holds(&store, &on_sale, &told.take()).await?);
    Ok(())
}

/// Every request asks for one seat that is sold.
pub async fn measure_refusals(options: &Options) -> Outcome {
    let (server, on_sale) = Server::with_seats_sold(options, |_| true).await?;
    let tokens = server.open_sessions(LATE_BUYERS).await?;
    let places = on_sale.places as usize;
    let ask = async move |connection: &mut Connection, number: usize| {
        let token = &tokens[number % tokens.len()];
        hold(connection, on_sale.performance_id, token, number * STRIDE % places).await.map(Some)
    };
    let (mut seen, spent) = let_ask(server.crowd(options), server.watched(), ask).await?;
    print_load(&format!("refusals: taken seats of one performance, {} clients", options.clients), &mut seen, &spent);
    print_memory("in the server", server.resident_bytes()?);
    let granted = seen.statuses.iter().filter(|(status, _)| **status != 409).map(|(_, count)| count).sum::<u64>();
    if granted > 0 {
        return Err(format!("{granted} answers were no refusal").into());
    }
    let store = server.stop();
    line("checked", &check_holds(&store, &on_sale, &Told::default()).await?);
    Ok(())
}

/// Asks for one seat under a new hold's id; returns the status.
pub async fn hold(connection: &mut Connection, performance: PerformanceId, token: &str, seat: usize) -> Outcome<u16> {
    let path = format!("/api/v1/performances/{performance}/holds/{}", Uuid::now_v7());
    let body = format!(r#"{{"choice":{{"seats":[{seat}]}}}}"#);
    connection.ask(&Request::send("PUT", &path, token, &body)).await
}
