//! Extractors that authorise staff, so that no handler can forget to check.
//!
//! Guests are answered "unauthenticated"; members of other organizers "not found"; a role without the permission
//! "forbidden"; staff without a second factor "second factor missing", and staff who have not used theirs in this
//! session "second factor required".

use super::session::SignedInVisitor;
use crate::{
    auth::roles::Permission,
    coordinator::{
        Visitor,
        staff::team::{OperatorAccount, StaffMember},
    },
    http::{AppState, answers::error::ApiError},
};
use axum::{
    extract::{FromRef, FromRequestParts, RawPathParams},
    http::request::Parts,
};
use shared_model::{ErrorCode, OrganizerId};
use std::marker::PhantomData;

/// The name of the path's part that says which organizer.
const ORGANIZER_PART: &str = "organizer_id";

/// The permission a handler asks for.
pub trait Wants {
    /// `None`: being in the team is enough.
    const PERMISSION: Option<Permission>;
}

/// Anybody of the team.
#[derive(Debug)]
pub struct BeInTeam;
/// See who is in the team.
#[derive(Debug)]
pub struct ReadTeam;
/// Invite, change roles, remove.
#[derive(Debug)]
pub struct LeadTeam;
/// See what the team did.
#[derive(Debug)]
pub struct ReadAuditLog;

impl Wants for BeInTeam {
    const PERMISSION: Option<Permission> = None;
}

impl Wants for ReadTeam {
    const PERMISSION: Option<Permission> = Some(Permission::ReadTeam);
}

impl Wants for LeadTeam {
    const PERMISSION: Option<Permission> = Some(Permission::LeadTeam);
}

impl Wants for ReadAuditLog {
    const PERMISSION: Option<Permission> = Some(Permission::ReadAuditLog);
}

/// A member who has the permission `W` for the organizer named in the path.
#[derive(Debug)]
pub struct Staff<W: Wants> {
    pub member: StaffMember,
    pub visitor: Visitor,
    wants: PhantomData<W>,
}

impl<S: Send + Sync, W: Wants> FromRequestParts<S> for Staff<W>
where
    AppState: FromRef<S>,
{
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Self::Rejection> {
        let who = SignedInVisitor::from_request_parts(parts, state).await?;
        let path = RawPathParams::from_request_parts(parts, state).await.map_err(|_| ErrorCode::NotFound)?;
        let organizer = path.iter().find_map(|(name, value)| (name == ORGANIZER_PART).then_some(value));
        let organizer_id: OrganizerId = organizer.and_then(|text| text.parse().ok()).ok_or(ErrorCode::NotFound)?;
        let coordinator = AppState::from_ref(state).coordinator.clone();
        let member =
            coordinator.staff().authorise_staff(&who.visitor, who.account_id, organizer_id, W::PERMISSION).await?;
        Ok(Self { member, visitor: who.visitor, wants: PhantomData })
    }
}

/// An operator of the platform.
#[derive(Debug, Clone, Copy)]
pub struct Operator(pub OperatorAccount);

impl<S: Send + Sync> FromRequestParts<S> for Operator
where
    AppState: FromRef<S>,
{
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Self::Rejection> {
        let who = SignedInVisitor::from_request_parts(parts, state).await?;
        let coordinator = AppState::from_ref(state).coordinator.clone();
        Ok(Self(coordinator.staff().authorise_operator(&who.visitor, who.account_id).await?))
    }
}
