//! Holding, releasing, extending: passes a command to its performance's desk.

use super::{
    Seats,
    desk::{Desk, EncodedSnapshot},
};
use crate::{
    coordinator::{
        Visitor,
        error::{CommandResult, OrProblem, not_found},
    },
    data::{seats::claims, staff::team},
    reservations::{
        cart,
        seats::{
            decide::{SeatAction, SeatCommand},
            held_from::HeldFrom,
        },
    },
};
use shared_model::{
    ErrorCode, HoldId, PerformanceId, Problem, SeatNo, TicketTypeId,
    hold::{Hold, HoldRequest, PERFORMANCES_PER_CART_MAX},
    order::Cart,
};
use std::{net::IpAddr, sync::Arc};

/// Where a wish for seats comes from.
#[derive(Debug, Clone, Copy)]
pub struct HoldOrigin<'a> {
    pub address: IpAddr,
    /// What the client was given for a challenge it passed.
    pub challenge_token: Option<&'a str>,
}

fn command_of(visitor: &Visitor, action: SeatAction) -> SeatCommand {
    SeatCommand {
        cart_id: visitor.cart_id,
        account_id: visitor.account_id,
        held_from: None,
        passed_challenge: false,
        action,
    }
}

impl Seats<'_> {
    /// The performance's desk.
    pub async fn desk(self, id: PerformanceId) -> CommandResult<Arc<Desk>> {
        self.inner.desks.find(id).await.or_problem()?.ok_or_else(not_found)
    }

    /// Takes seats for the visitor's cart: all of them or none.
    pub async fn hold_seats(
        self,
        visitor: &Visitor,
        performance: PerformanceId,
        hold: HoldId,
        request: HoldRequest,
        from: &HoldOrigin<'_>,
    ) -> CommandResult<Hold> {
        let desk = self.desk(performance).await?;
        self.check_cart_limit(visitor, performance)?;
        let action = SeatAction::Hold { hold_id: hold, choice: request.choice, ticket_type_id: request.ticket_type_id };
        let held_from = self.held_from(visitor, performance, from).await?;
        let command = SeatCommand { held_from, ..command_of(visitor, action) };
        match self.command(&desk, command.clone()).await {
            Err(problem) if matches!(problem.code, ErrorCode::TooManyHeld | ErrorCode::HeldTooLong) => {
                if !self.inner.challenge.is_passed(from.challenge_token).await {
                    return Err(problem);
                }
                self.command(&desk, SeatCommand { passed_challenge: true, ..command }).await
            }
            answer => answer,
        }
    }

    /// Where a hold counts. The box office holds for a queue of people: who works for the organizer, and showed a
    /// second factor in this session, is not counted.
    async fn held_from(
        self,
        visitor: &Visitor,
        performance: PerformanceId,
        from: &HoldOrigin<'_>,
    ) -> CommandResult<Option<HeldFrom>> {
        if self.inner.held_budget.percent == 0 {
            return Ok(None);
        }
        if let (Some(account_id), Some(_)) = (visitor.account_id, visitor.second_factor_at) {
            let mut link = self.inner.database.read().await.or_problem()?;
            let role = team::find_role_at_performance(&mut link, performance.0, account_id.0).await.or_problem()?;
            if role.is_some() {
                return Ok(None);
            }
        }
        Ok(Some(HeldFrom::new(from.address, &self.inner.secret)))
    }

    /// Gives seats back; those the cart does not hold are let be.
    pub async fn release_seats(
        self,
        visitor: &Visitor,
        performance: PerformanceId,
        seats: Vec<SeatNo>,
    ) -> CommandResult<Hold> {
        let desk = self.desk(performance).await?;
        self.command(&desk, command_of(visitor, SeatAction::Release { seats })).await
    }

    /// Adds the one extension to all the cart holds at this performance.
    pub async fn extend_hold(self, visitor: &Visitor, performance: PerformanceId) -> CommandResult<Hold> {
        let desk = self.desk(performance).await?;
        self.command(&desk, command_of(visitor, SeatAction::Extend)).await
    }

    async fn command(self, desk: &Desk, command: SeatCommand) -> CommandResult<Hold> {
        let action = command.action.name();
        let outcome = desk.command(command).await.or_problem();
        let word = outcome.as_ref().map_or_else(|problem| problem.code.as_str().to_owned(), |_| "done".to_owned());
        metrics::counter!("ticketboss_seat_commands_total", "action" => action, "outcome" => word).increment(1);
        let hold = outcome?;
        self.inner.hints.announce(hold.performance_id, hold.version);
        Ok(hold)
    }

    /// A cart spans a bounded number of performances; this node's desks know which.
    fn check_cart_limit(self, visitor: &Visitor, performance: PerformanceId) -> CommandResult<()> {
        let held = self.inner.desks.opened().into_iter().filter(|desk| desk.holds_for(visitor.cart_id));
        let elsewhere = held.filter(|desk| desk.performance_id() != performance).count();
        if elsewhere < PERFORMANCES_PER_CART_MAX {
            return Ok(());
        }
        Err(Problem { limit: Some(PERFORMANCES_PER_CART_MAX as u32), ..Problem::new(ErrorCode::CartLimit) })
    }

    /// All seat states, encoded and packed once for everyone who asks.
    pub async fn encoded_seats(self, performance: PerformanceId) -> CommandResult<EncodedSnapshot> {
        Ok(self.desk(performance).await?.snapshot())
    }

    /// The states everybody may see.
    pub async fn seat_snapshot(self, performance: PerformanceId) -> CommandResult<shared_model::live::Snapshot> {
        Ok(self.desk(performance).await?.states())
    }

    /// Changes what kind of ticket a held seat is bought as.
    pub async fn change_ticket_type(
        self,
        visitor: &Visitor,
        performance: PerformanceId,
        seat: SeatNo,
        ticket_type_id: TicketTypeId,
    ) -> CommandResult<()> {
        let desk = self.desk(performance).await?;
        self.command(&desk, command_of(visitor, SeatAction::SetTicketType { seat, ticket_type_id })).await.map(drop)
    }

    /// All the visitor holds, over all performances.
    pub async fn load_cart(self, visitor: &Visitor) -> CommandResult<Cart> {
        let mut link = self.inner.database.read().await.or_problem()?;
        cart::load_cart(&mut link, &self.inner.pricing, visitor.cart_id, self.coordinator.now()).await.or_problem()
    }

    /// "Release them": a lapsed hold is no longer offered again.
    pub async fn forget_lapsed_hold(self, visitor: &Visitor, performance: PerformanceId) -> CommandResult<()> {
        let desk = self.desk(performance).await?;
        self.command(&desk, command_of(visitor, SeatAction::ForgetLapsed)).await?;
        // What others took since: told by a row of its own.
        let mut link = self.inner.database.begin().await.or_problem()?;
        claims::delete_lapsed_hold(&mut link, visitor.cart_id.0, performance.0).await.or_problem()?;
        link.commit().await.or_problem()
    }
}
