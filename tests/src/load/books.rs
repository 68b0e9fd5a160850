//! After a run: does what people were told stand in the database, and is every seat one buyer's?

use super::{Outcome, server::Store, venue::OnSale};
use shared_model::{CartId, PerformanceId, SeatNo};
use std::collections::HashMap;
use ticketboss::{
    commerce::sandbox::Sandbox,
    data::{
        Database,
        orders::{order_rows as orders, sandbox_store::SandboxStore},
        seats::claims,
    },
};
use uuid::Uuid;

/// Who was told to have which seat.
#[derive(Debug, Default)]
pub struct Told {
    owners: HashMap<SeatNo, CartId>,
    twice: Vec<SeatNo>,
}

impl Told {
    pub fn holds(&mut self, cart: CartId, seats: &[SeatNo]) {
        for seat in seats {
            if self.owners.insert(*seat, cart).is_some_and(|before| before != cart) {
                self.twice.push(*seat);
            }
        }
    }
}

/// What is claimed, by seat: the cart that has it.
pub async fn list_claimed(
    database: &Database,
    performance_id: PerformanceId,
) -> Outcome<HashMap<SeatNo, (String, Uuid)>> {
    let mut link = database.read().await?;
    let rows = claims::list_changes(&mut link, performance_id.0, -1).await?;
    let owned = rows.into_iter().filter_map(|row| Some((SeatNo(row.seat_no as u32), (row.state, row.cart_id?))));
    Ok(owned.collect())
}

/// Every hold that was answered is a row of that cart's, every row was answered, no seat was given twice.
pub async fn check_holds(store: &Store, on_sale: &OnSale, told: &Told) -> Outcome<String> {
    if !told.twice.is_empty() {
        return Err(format!("{} seats were given to two buyers: {:?}", told.twice.len(), told.twice).into());
    }
    let database = store.open().await?;
    let claimed = list_claimed(&database, on_sale.performance_id).await?;
    database.close().await;
    for (seat, cart) in &told.owners {
        if claimed.get(seat).is_none_or(|(_, owner)| *owner != cart.0) {
            return Err(format!("seat {} was promised and is not in the books", seat.0).into());
        }
    }
    if claimed.len() != told.owners.len() {
        return Err(format!("{} seats are claimed, {} were promised", claimed.len(), told.owners.len()).into());
    }
    Ok(format!("{} seats promised, the same {} in the database, none twice", told.owners.len(), claimed.len()))
}

/// Every order that was answered as paid has its tickets, its seats and its captured payment; nothing more.
pub async fn check_orders(store: &Store, on_sale: &OnSale, paid: &[Uuid], seats_each: usize) -> Outcome<String> {
    /// Orders read with one statement.
    const CHUNK: usize = 1_000;
    let database = store.open().await?;
    let mut tickets = HashMap::new();
    for order_ids in paid.chunks(CHUNK) {
        let mut link = database.read().await?;
        for ticket in orders::list_tickets(&mut link, order_ids).await? {
            if tickets.insert(ticket.seat_no, ticket.order_id).is_some() {
                return Err(format!("seat {} has two tickets", ticket.seat_no).into());
            }
        }
    }
    if tickets.len() != paid.len() * seats_each {
        return Err(format!("{} orders of {seats_each} seats have {} tickets", paid.len(), tickets.len()).into());
    }
    let mut link = database.read().await?;
    let sold = claims::list_changes(&mut link, on_sale.performance_id.0, -1).await?;
    drop(link);
    let sold: HashMap<_, _> =
        sold.iter().filter(|row| row.state == "sold").map(|row| (row.seat_no, row.order_id)).collect();
    if tickets.iter().any(|(seat, order)| sold.get(seat) != Some(&Some(*order))) || sold.len() != tickets.len() {
        return Err(format!("{} seats are sold, {} have tickets", sold.len(), tickets.len()).into());
    }
    database.close().await;
    let provider = Sandbox::new(SandboxStore::new(database.clone()));
    let captured = provider.list_intents().await?.iter().filter(|intent| intent.status == "succeeded").count();
    if captured != paid.len() {
        return Err(format!("{captured} payments were captured for {} paid orders", paid.len()).into());
    }
    Ok(format!("{} orders paid, {captured} payments captured, {} tickets on as many seats", paid.len(), tickets.len()))
}
