//! Organizers' teams, invitations, and the audit log. Who may do what is in [`crate::auth::roles`]; the
//! extractors of [`crate::http::extractors::staff`] ask.

use super::Problems;
use crate::http::{
    AppState,
    answers::error::{ApiJson, ApiPath, ApiQuery, ApiResult},
    extractors::{
        session::SignedInVisitor,
        staff::{BeInTeam, LeadTeam, Operator, ReadAuditLog, ReadTeam, Staff},
    },
};
use axum::{Json, extract::State, http::StatusCode};
use shared_model::{
    AccountId, InvitationId, OrganizerId,
    event::Page,
    staff::{
        AuditEntry, AuditFilter, Invitation, InvitationRequest, Member, MemberChange, NewOrganizer, OrganizerFilter,
        OrganizerInfo,
    },
};
use utoipa_axum::{router::OpenApiRouter, routes};

pub fn routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(list_organizers, open_organizer))
        .routes(routes!(list_members))
        .routes(routes!(change_member, remove_member))
        .routes(routes!(list_invitations, invite_member))
        .routes(routes!(withdraw_invitation))
        .routes(routes!(list_team_audit))
        .routes(routes!(list_audit))
        .routes(routes!(list_own_invitations))
        .routes(routes!(accept_invitation))
        .routes(routes!(decline_invitation))
}

/// The organizers whose teams the account is in; with `all` those of the whole platform (operators).
#[utoipa::path(
    get,
    path = "/organizers",
    tag = "staff",
    params(OrganizerFilter),
    responses(
        (status = 200, body = Vec<OrganizerInfo>),
        Problems,
    ),
    security(("bearer" = [])),
)]
async fn list_organizers(
    State(state): State<AppState>,
    who: SignedInVisitor,
    ApiQuery(filter): ApiQuery<OrganizerFilter>,
) -> ApiResult<Json<Vec<OrganizerInfo>>> {
    if filter.all {
        let operator = state.coordinator.staff().authorise_operator(&who.visitor, who.account_id).await?;
        return Ok(Json(state.coordinator.staff().list_all_organizers(operator).await?));
    }
    Ok(Json(state.coordinator.staff().list_own_organizers(who.account_id).await?))
}

/// Creates an organizer and invites its first owner (operators).
#[utoipa::path(
    post,
    path = "/organizers",
    tag = "staff",
    request_body = NewOrganizer,
    responses(
        (status = 201, body = OrganizerInfo),
        Problems,
    ),
    security(("bearer" = [])),
)]
async fn open_organizer(
    State(state): State<AppState>,
    Operator(operator): Operator,
    ApiJson(new): ApiJson<NewOrganizer>,
) -> ApiResult<(StatusCode, Json<OrganizerInfo>)> {
    Ok((StatusCode::CREATED, Json(state.coordinator.staff().open_organizer(operator, new).await?)))
}

/// Who is in the team.
#[utoipa::path(
    get,
    path = "/organizers/{organizer_id}/members",
    tag = "staff",
    params(("organizer_id" = OrganizerId, Path)),
    responses(
        (status = 200, body = Vec<Member>),
        Problems,
    ),
    security(("bearer" = [])),
)]
async fn list_members(State(state): State<AppState>, staff: Staff<ReadTeam>) -> ApiResult<Json<Vec<Member>>> {
    Ok(Json(state.coordinator.staff().list_members(staff.member).await?))
}

/// Gives a member another role. The last owner stays one.
#[utoipa::path(
    patch,
    path = "/organizers/{organizer_id}/members/{account_id}",
    tag = "staff",
    params(("organizer_id" = OrganizerId, Path), ("account_id" = AccountId, Path)),
    request_body = MemberChange,
    responses(
        (status = 204),
        Problems,
    ),
    security(("bearer" = [])),
)]
async fn change_member(
    State(state): State<AppState>,
    staff: Staff<LeadTeam>,
    ApiPath((_, account_id)): ApiPath<(OrganizerId, AccountId)>,
    ApiJson(change): ApiJson<MemberChange>,
) -> ApiResult<StatusCode> {
    state.coordinator.staff().change_member(staff.member, account_id, change.member_role).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Removes a member from the team; every member may remove themselves. The last owner stays.
#[utoipa::path(
    delete,
    path = "/organizers/{organizer_id}/members/{account_id}",
    tag = "staff",
    params(("organizer_id" = OrganizerId, Path), ("account_id" = AccountId, Path)),
    responses(
        (status = 204),
        Problems,
    ),
    security(("bearer" = [])),
)]
async fn remove_member(
    State(state): State<AppState>,
    staff: Staff<BeInTeam>,
    ApiPath((_, account_id)): ApiPath<(OrganizerId, AccountId)>,
) -> ApiResult<StatusCode> {
    state.coordinator.staff().remove_member(staff.member, account_id).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// The invitations that wait for an answer.
#[utoipa::path(
    get,
    path = "/organizers/{organizer_id}/invitations",
    tag = "staff",
    params(("organizer_id" = OrganizerId, Path)),
    responses(
        (status = 200, body = Vec<Invitation>),
        Problems,
    ),
    security(("bearer" = [])),
)]
async fn list_invitations(State(state): State<AppState>, staff: Staff<LeadTeam>) -> ApiResult<Json<Vec<Invitation>>> {
    Ok(Json(state.coordinator.staff().list_invitations(staff.member).await?))
}

/// Asks somebody to join the team, by mail. The answer is the same whether the address has an account or not.
#[utoipa::path(
    post,
    path = "/organizers/{organizer_id}/invitations",
    tag = "staff",
    params(("organizer_id" = OrganizerId, Path)),
    request_body = InvitationRequest,
    responses(
        (status = 201, body = Invitation),
        Problems,
    ),
    security(("bearer" = [])),
)]
async fn invite_member(
    State(state): State<AppState>,
    staff: Staff<LeadTeam>,
    ApiJson(request): ApiJson<InvitationRequest>,
) -> ApiResult<(StatusCode, Json<Invitation>)> {
    let invitation = state.coordinator.staff().invite_member(staff.member, request, staff.visitor.language).await?;
    Ok((StatusCode::CREATED, Json(invitation)))
}

/// Takes an invitation back.
#[utoipa::path(
    delete,
    path = "/organizers/{organizer_id}/invitations/{invitation_id}",
    tag = "staff",
    params(("organizer_id" = OrganizerId, Path), ("invitation_id" = InvitationId, Path)),
    responses(
        (status = 204),
        Problems,
    ),
    security(("bearer" = [])),
)]
async fn withdraw_invitation(
    State(state): State<AppState>,
    staff: Staff<LeadTeam>,
    ApiPath((_, invitation_id)): ApiPath<(OrganizerId, InvitationId)>,
) -> ApiResult<StatusCode> {
    state.coordinator.staff().withdraw_invitation(staff.member, invitation_id).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// What was done for the organizer, latest first.
#[utoipa::path(
    get,
    path = "/organizers/{organizer_id}/audit-log",
    tag = "staff",
    params(("organizer_id" = OrganizerId, Path), AuditFilter),
    responses(
        (status = 200, body = Page<AuditEntry>),
        Problems,
    ),
    security(("bearer" = [])),
)]
async fn list_team_audit(
    State(state): State<AppState>,
    staff: Staff<ReadAuditLog>,
    ApiQuery(filter): ApiQuery<AuditFilter>,
) -> ApiResult<Json<Page<AuditEntry>>> {
    Ok(Json(state.coordinator.staff().list_team_audit(staff.member, filter.cursor.as_deref()).await?))
}

/// What all staff of the platform did, latest first (operators).
#[utoipa::path(
    get,
    path = "/audit-log",
    tag = "staff",
    params(AuditFilter),
    responses(
        (status = 200, body = Page<AuditEntry>),
        Problems,
    ),
    security(("bearer" = [])),
)]
async fn list_audit(
    State(state): State<AppState>,
    Operator(operator): Operator,
    ApiQuery(filter): ApiQuery<AuditFilter>,
) -> ApiResult<Json<Page<AuditEntry>>> {
    Ok(Json(state.coordinator.staff().list_audit(operator, filter.cursor.as_deref()).await?))
}

/// The invitations to the account's own address.
#[utoipa::path(
    get,
    path = "/account/invitations",
    tag = "account",
    responses(
        (status = 200, body = Vec<Invitation>),
        Problems,
    ),
    security(("bearer" = [])),
)]
async fn list_own_invitations(State(state): State<AppState>, who: SignedInVisitor) -> ApiResult<Json<Vec<Invitation>>> {
    Ok(Json(state.coordinator.staff().list_own_invitations(who.account_id).await?))
}

/// Joins the team.
#[utoipa::path(
    post,
    path = "/account/invitations/{invitation_id}/acceptance",
    tag = "account",
    params(("invitation_id" = InvitationId, Path)),
    responses(
        (status = 204),
        Problems,
    ),
    security(("bearer" = [])),
)]
async fn accept_invitation(
    State(state): State<AppState>,
    who: SignedInVisitor,
    ApiPath(invitation_id): ApiPath<InvitationId>,
) -> ApiResult<StatusCode> {
    state.coordinator.staff().accept_invitation(&who.visitor, who.account_id, invitation_id).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Says no.
#[utoipa::path(
    delete,
    path = "/account/invitations/{invitation_id}",
    tag = "account",
    params(("invitation_id" = InvitationId, Path)),
    responses(
        (status = 204),
        Problems,
    ),
    security(("bearer" = [])),
)]
async fn decline_invitation(
    State(state): State<AppState>,
    who: SignedInVisitor,
    ApiPath(invitation_id): ApiPath<InvitationId>,
) -> ApiResult<StatusCode> {
    state.coordinator.staff().decline_invitation(who.account_id, invitation_id).await?;
    Ok(StatusCode::NO_CONTENT)
}
