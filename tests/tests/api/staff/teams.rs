//! Organizers' teams: invitations, roles, the last owner, and the log of what was done.

use serde_json::{Value, json};
use shared_model::{
    ErrorCode, InvitationId, OrganizerId,
    account::{Account, CodeSent, SignedIn},
    event::Page,
    staff::{AuditEntry, Invitation, Member, MemberRole, OrganizerInfo, Role},
};
use std::{collections::HashSet, time::Duration};
use ticketboss::{auth::audit::Actor, coordinator::staff::publishing::OrganizerSpec, safeguards::Safeguards};
use ticketboss_tests::{
    account_holder::AccountHolder,
    app::{Engine, Setting, TestApp},
    buyer::{Answer, Buyer, Refused},
    letterbox, on_both_engines, on_each_engine,
    process::wait_until,
    staff::{AuthenticatorApp, accept, accept_only, invite, make_operator, member, operator, organizer},
};

async fn remove(who: &Buyer, organizer: OrganizerId, whom: &AccountHolder) -> Answer<()> {
    let path = format!("/organizers/{organizer}/members/{}", whom.account.account_id);
    who.send(who.request(reqwest::Method::DELETE, &path)).await
}

async fn change(who: &Buyer, organizer: OrganizerId, whom: &AccountHolder, role: MemberRole) -> Answer<()> {
    let path = format!("/organizers/{organizer}/members/{}", whom.account.account_id);
    who.send(who.request(reqwest::Method::PATCH, &path).json(&json!({ "member_role": role }))).await
}

async fn role_of(who: &Buyer, organizer: OrganizerId, whom: &AccountHolder) -> Option<MemberRole> {
    let members: Vec<Member> = who.get(&format!("/organizers/{organizer}/members")).await.unwrap();
    let found = members.into_iter().find(|member| member.account_id == whom.account.account_id);
    found.map(|member| member.member_role)
}

/// What the log says was done to one thing.
async fn actions_about(who: &Buyer, organizer: OrganizerId, subject: &str) -> Vec<String> {
    let entries = log(who, &format!("/organizers/{organizer}/audit-log")).await;
    entries.into_iter().filter(|entry| entry.subject == subject).map(|entry| entry.action).collect()
}

async fn log(who: &Buyer, path: &str) -> Vec<AuditEntry> {
    let page: Page<AuditEntry> = who.get(path).await.unwrap();
    page.items
}

on_both_engines! {
    async fn an_organizer_begins_with_an_invitation_to_its_owner(app) {
        let operator = operator(&app).await;
        let (muelle, owner) = organizer(&app, &operator, "muelle").await;
        let organizers: Vec<OrganizerInfo> = owner.app.get("/organizers").await.unwrap();
        assert_eq!(organizers.len(), 1);
        assert_eq!((organizers[0].organizer_id, organizers[0].member_role), (muelle, Some(MemberRole::Owner)));
        let account: Account = owner.app.get("/account").await.unwrap();
        assert!(matches!(&account.roles[..], [Role::Member { member_role: MemberRole::Owner, .. }]), "{:?}", account.roles);
        let all: Vec<OrganizerInfo> = operator.app.get("/organizers?all=true").await.unwrap();
        assert_eq!(all.len(), 1);
        assert_eq!(operator.app.get::<Vec<OrganizerInfo>>("/organizers").await.unwrap(), []);
        let body = json!({ "slug": "muelle", "name": "Again", "email": "a@example.com", "owner_email": "b@example.com" });
        assert_eq!(operator.app.post::<Value>("/organizers", &body).await.refused(), ErrorCode::InvalidInput);
    }

    async fn inviting_answers_the_same_whether_the_address_has_an_account(app) {
        let operator = operator(&app).await;
        let (muelle, owner) = organizer(&app, &operator, "muelle").await;
        let ben = AccountHolder::sign_up(&app, "ben@example.com").await;
        let mut known = invite(&owner.app, muelle, "Ben@Example.com", MemberRole::Door).await.unwrap();
        let unknown = invite(&owner.app, muelle, "new@example.com", MemberRole::Door).await.unwrap();
        let seen = letterbox::mails_to(app.data_folder(), "new@example.com").len();
        wait_until("the invitation is mailed", async || letterbox::mails_to(app.data_folder(), "new@example.com").len() > seen || seen > 0).await;
        known.invitation_id = unknown.invitation_id;
        known.email.clone_from(&unknown.email);
        assert_eq!(known, unknown);
        // Who makes an account with the address later finds the invitation.
        let new = AccountHolder::sign_up(&app, "new@example.com").await;
        accept_only(&new.app).await;
        accept_only(&ben.app).await;
        let members: Vec<Member> = owner.app.get(&format!("/organizers/{muelle}/members")).await.unwrap();
        assert_eq!(members.len(), 3);
        assert_eq!(members.iter().filter(|member| member.has_second_factor).count(), 1);
    }

    async fn an_invitation_is_for_one_person_and_one_answer(app) {
        let operator = operator(&app).await;
        let (muelle, owner) = organizer(&app, &operator, "muelle").await;
        let (ben, eve) = (AccountHolder::sign_up(&app, "ben@example.com").await, AccountHolder::sign_up(&app, "eve@example.com").await);
        let invitation = invite(&owner.app, muelle, &ben.email, MemberRole::Manager).await.unwrap().invitation_id;
        let foreign = accept(&eve.app, invitation).await.unwrap_err();
        assert_eq!(foreign, accept(&eve.app, InvitationId::new()).await.unwrap_err());
        accept(&ben.app, invitation).await.unwrap();
        assert_eq!(accept(&ben.app, invitation).await.refused(), ErrorCode::NotFound);
        let withdrawn = invite(&owner.app, muelle, &eve.email, MemberRole::Door).await.unwrap().invitation_id;
        let path = format!("/organizers/{muelle}/invitations/{withdrawn}");
        owner.app.send::<Value>(owner.app.request(reqwest::Method::DELETE, &path)).await.unwrap();
        assert_eq!(accept(&eve.app, withdrawn).await.refused(), ErrorCode::NotFound);
    }

    async fn a_team_keeps_an_owner(app) {
        let operator = operator(&app).await;
        let (muelle, owner) = organizer(&app, &operator, "muelle").await;
        let manager = member(&app, &owner, muelle, MemberRole::Manager).await;
        assert_eq!(remove(&owner.app, muelle, &owner).await.refused(), ErrorCode::InvalidInput);
        assert_eq!(change(&owner.app, muelle, &owner, MemberRole::Door).await.refused(), ErrorCode::InvalidInput);
        assert_eq!(remove(&manager.app, muelle, &owner).await.refused(), ErrorCode::Forbidden);
        change(&owner.app, muelle, &manager, MemberRole::Owner).await.unwrap();
        // Two owners who remove each other at once leave one.
        let (first, second) = tokio::join!(remove(&owner.app, muelle, &manager), remove(&manager.app, muelle, &owner));
        assert_eq!([&first, &second].iter().filter(|answer| answer.is_ok()).count(), 1, "{first:?} {second:?}");
        let left: Vec<Member> = operator.app.get(&format!("/organizers/{muelle}/members")).await.unwrap();
        assert_eq!(left.len(), 1);
        assert_eq!(left[0].member_role, MemberRole::Owner);
    }

    async fn a_new_invitation_replaces_the_one_before(app) {
        let operator = operator(&app).await;
        let (muelle, owner) = organizer(&app, &operator, "muelle").await;
        let ben = AccountHolder::sign_up(&app, "ben@example.com").await;
        let mistake = invite(&owner.app, muelle, &ben.email, MemberRole::Owner).await.unwrap().invitation_id;
        let meant = invite(&owner.app, muelle, "BEN@Example.com", MemberRole::Door).await.unwrap().invitation_id;
        let open: Vec<Invitation> = owner.app.get(&format!("/organizers/{muelle}/invitations")).await.unwrap();
        assert_eq!(open.iter().map(|open| open.invitation_id).collect::<Vec<_>>(), [meant]);
        assert_eq!(accept(&ben.app, mistake).await.refused(), ErrorCode::NotFound);
        accept(&ben.app, meant).await.unwrap();
        assert_eq!(role_of(&owner.app, muelle, &ben).await, Some(MemberRole::Door));
        let ended = actions_about(&owner.app, muelle, &mistake.to_string()).await;
        assert_eq!(ended, ["invitation_withdrawn", "member_invited"], "latest first");
    }

    async fn who_was_removed_comes_back_by_no_invitation_from_before(app) {
        let operator = operator(&app).await;
        let (muelle, owner) = organizer(&app, &operator, "muelle").await;
        let ben = AccountHolder::sign_up(&app, "ben@example.com").await;
        let elsewhere = invite(&owner.app, muelle, "second@example.com", MemberRole::Owner).await.unwrap().invitation_id;
        invite(&owner.app, muelle, &ben.email, MemberRole::Door).await.unwrap();
        accept_only(&ben.app).await;
        let again = invite(&owner.app, muelle, &ben.email, MemberRole::Owner).await.unwrap().invitation_id;
        remove(&owner.app, muelle, &ben).await.unwrap();
        assert_eq!(accept(&ben.app, again).await.refused(), ErrorCode::NotFound);
        assert!(ben.app.get::<Vec<Invitation>>("/account/invitations").await.unwrap().is_empty());
        // Nor under an address that becomes the account's afterwards.
        let sent: CodeSent = ben.app.post("/account/email", &json!({ "email": "second@example.com" })).await.unwrap();
        let code = letterbox::code_by_mail(app.data_folder(), "second@example.com", 0).await;
        let typed = json!({ "code_id": sent.code_id, "code": code });
        let renewed: SignedIn = ben.app.post("/account/email/confirmations", &typed).await.unwrap();
        let ben = AccountHolder { app: ben.app.with_token(&renewed.session.token), ..ben };
        assert_eq!(accept(&ben.app, elsewhere).await.refused(), ErrorCode::NotFound);
        assert_eq!(role_of(&owner.app, muelle, &ben).await, None);
        // An invitation from after it is one.
        invite(&owner.app, muelle, "second@example.com", MemberRole::Door).await.unwrap();
        accept_only(&ben.app).await;
        assert_eq!(role_of(&owner.app, muelle, &ben).await, Some(MemberRole::Door));
    }

    async fn an_open_invitation_follows_a_member_to_her_new_address(app) {
        let operator = operator(&app).await;
        let (muelle, owner) = organizer(&app, &operator, "muelle").await;
        let ben = member(&app, &owner, muelle, MemberRole::Door).await;
        let open = invite(&owner.app, muelle, &ben.email, MemberRole::Owner).await.unwrap().invitation_id;
        let sent: CodeSent = ben.app.post("/account/email", &json!({ "email": "new@example.com" })).await.unwrap();
        let code = letterbox::code_by_mail(app.data_folder(), "new@example.com", 0).await;
        let typed = json!({ "code_id": sent.code_id, "code": code });
        ben.app.post::<SignedIn>("/account/email/confirmations", &typed).await.unwrap();
        let all: Vec<Invitation> = owner.app.get(&format!("/organizers/{muelle}/invitations")).await.unwrap();
        assert_eq!(all.iter().map(|one| one.invitation_id).collect::<Vec<_>>(), [open]);
        remove(&owner.app, muelle, &ben).await.unwrap();
        // A second account, under the address the invitation was written to.
        let again = AccountHolder::sign_up(&app, &ben.email).await;
        assert_eq!(accept(&again.app, open).await.refused(), ErrorCode::NotFound);
        assert!(again.app.get::<Vec<Invitation>>("/account/invitations").await.unwrap().is_empty());
        assert_eq!(role_of(&owner.app, muelle, &again).await, None);
    }

    async fn accepting_another_role_changes_it_and_the_log_says_so(app) {
        let operator = operator(&app).await;
        let (muelle, owner) = organizer(&app, &operator, "muelle").await;
        let ben = member(&app, &owner, muelle, MemberRole::Door).await;
        invite(&owner.app, muelle, &ben.email, MemberRole::Manager).await.unwrap();
        accept_only(&ben.app).await;
        assert_eq!(role_of(&owner.app, muelle, &ben).await, Some(MemberRole::Manager));
        let log = log(&owner.app, &format!("/organizers/{muelle}/audit-log")).await;
        assert_eq!((log[0].action.as_str(), &log[0].detail), ("role_changed", &json!({ "from": "door", "to": "manager" })));
        assert_eq!((log[1].action.as_str(), &log[1].detail), ("invitation_accepted", &json!({ "role": "manager" })));
        // The last owner stays one, whatever it accepts.
        let lesser = invite(&operator.app, muelle, &owner.email, MemberRole::Door).await.unwrap().invitation_id;
        assert_eq!(accept(&owner.app, lesser).await.refused(), ErrorCode::InvalidInput);
        assert_eq!(role_of(&owner.app, muelle, &owner).await, Some(MemberRole::Owner));
        // A role that an owner gives is the last word on invitations from before.
        let before = invite(&owner.app, muelle, &ben.email, MemberRole::Owner).await.unwrap().invitation_id;
        change(&owner.app, muelle, &ben, MemberRole::Door).await.unwrap();
        assert_eq!(accept(&ben.app, before).await.refused(), ErrorCode::NotFound);
    }

    async fn invitations_of_who_leads_a_team_no_longer_end(app) {
        let operator = operator(&app).await;
        let (muelle, founder) = organizer(&app, &operator, "muelle").await;
        let second = member(&app, &founder, muelle, MemberRole::Owner).await;
        let friend = AccountHolder::sign_up(&app, "friend@example.com").await;
        let by_second = invite(&second.app, muelle, &friend.email, MemberRole::Owner).await.unwrap().invitation_id;
        change(&founder.app, muelle, &second, MemberRole::Manager).await.unwrap();
        assert_eq!(accept(&friend.app, by_second).await.refused(), ErrorCode::NotFound);
        change(&founder.app, muelle, &second, MemberRole::Owner).await.unwrap();
        let by_second = invite(&second.app, muelle, &friend.email, MemberRole::Owner).await.unwrap().invitation_id;
        remove(&second.app, muelle, &second).await.unwrap();
        assert_eq!(accept(&friend.app, by_second).await.refused(), ErrorCode::NotFound);
        let open: Vec<Invitation> = founder.app.get(&format!("/organizers/{muelle}/invitations")).await.unwrap();
        assert_eq!(open, []);
        let third = AccountHolder::sign_up(&app, "third@example.com").await;
        invite(&founder.app, muelle, &third.email, MemberRole::Owner).await.unwrap();
        accept_only(&third.app).await;
        AuthenticatorApp::set_up_with(&app, &third.app).await;
        let by_third = invite(&third.app, muelle, "friend@example.com", MemberRole::Owner).await.unwrap().invitation_id;
        third.app.send::<Value>(third.app.request(reqwest::Method::DELETE, "/account")).await.unwrap();
        assert_eq!(accept(&friend.app, by_third).await.refused(), ErrorCode::NotFound);
    }

    async fn staff_without_a_second_factor_may_do_nothing_yet(app) {
        let operator = operator(&app).await;
        let (muelle, owner) = organizer(&app, &operator, "muelle").await;
        let ben = AccountHolder::sign_up(&app, "ben@example.com").await;
        invite(&owner.app, muelle, &ben.email, MemberRole::Owner).await.unwrap();
        accept_only(&ben.app).await;
        let members = format!("/organizers/{muelle}/members");
        assert_eq!(ben.app.get::<Value>(&members).await.refused(), ErrorCode::SecondFactorMissing);
        AuthenticatorApp::set_up_with(&app, &ben.app).await;
        ben.app.get::<Value>(&members).await.unwrap();
        let new = AccountHolder::sign_up(&app, "second@example.com").await;
        make_operator(&app, &new).await;
        assert_eq!(new.app.get::<Value>("/audit-log").await.refused(), ErrorCode::SecondFactorMissing);
    }

    async fn what_staff_do_is_written_down_page_by_page(app) {
        let operator = operator(&app).await;
        let (muelle, owner) = organizer(&app, &operator, "muelle").await;
        let (other, _) = organizer(&app, &operator, "faro").await;
        let manager = member(&app, &owner, muelle, MemberRole::Manager).await;
        change(&owner.app, muelle, &manager, MemberRole::Manager).await.unwrap();
        for turn in 0..30 {
            let role = if turn % 2 == 0 { MemberRole::Door } else { MemberRole::Manager };
            app.wait(Duration::from_millis(u64::from(turn % 3 == 0)));
            change(&owner.app, muelle, &manager, role).await.unwrap();
        }
        for turn in 0..30 {
            let role = if turn % 2 == 0 { MemberRole::BoxOffice } else { MemberRole::Manager };
            change(&operator.app, muelle, &manager, role).await.unwrap();
        }
        let path = format!("/organizers/{muelle}/audit-log");
        let first: Page<AuditEntry> = manager.app.get(&path).await.unwrap();
        let cursor = first.next_cursor.clone().expect("there are more than one page has");
        let second: Page<AuditEntry> = manager.app.get(&format!("{path}?cursor={cursor}")).await.unwrap();
        assert_eq!(second.next_cursor, None);
        let entries: Vec<&AuditEntry> = first.items.iter().chain(&second.items).collect();
        let ids: HashSet<_> = entries.iter().map(|entry| entry.audit_entry_id).collect();
        assert_eq!(ids.len(), entries.len(), "none twice");
        assert!(entries.windows(2).all(|pair| pair[0].at >= pair[1].at), "latest first");
        let count = |action: &str| entries.iter().filter(|entry| entry.action == action).count();
        assert_eq!(count("role_changed"), 60, "what changes nothing is no deed");
        assert_eq!((count("organizer_created"), count("member_invited"), count("invitation_accepted")), (1, 2, 2));
        assert!(entries.iter().all(|entry| entry.organizer_id == Some(muelle)), "not {other}'s");
        assert_eq!(manager.app.get::<Value>(&format!("{path}?cursor=x")).await.refused(), ErrorCode::InvalidInput);
        let all = log(&operator.app, "/audit-log").await;
        assert_eq!(all[0].account_name.as_deref(), Some(operator.account.name.as_str()));
    }

    async fn commands_typed_at_the_machine_stand_in_the_log_as_well(app) {
        let operator = operator(&app).await;
        let spec = OrganizerSpec { slug: "faro".to_owned(), name: "Faro".to_owned(), email: "faro@example.com".to_owned() };
        app.coordinator().staff().create_organizer(Actor::CommandLine, spec.clone()).await.unwrap();
        assert!(app.coordinator().staff().create_organizer(Actor::CommandLine, spec).await.is_err());
        let entries = log(&operator.app, "/audit-log").await;
        let told: Vec<_> = entries.iter().map(|entry| (entry.action.as_str(), entry.subject.as_str(), entry.account_id)).collect();
        let herself = operator.account.account_id.to_string();
        assert_eq!(told, [("organizer_created", "faro", None), ("operator_made", herself.as_str(), None)], "what failed is no deed");
    }
}

/// Two owners take the ownership from each other at the same moment, again and again; whether the team ever lost its last.
async fn loses_its_last_owner(setting: Setting) -> bool {
    const ROUNDS: usize = 40;
    let mut app = TestApp::start_with(setting).await;
    let operator = operator(&app).await;
    let (muelle, first) = organizer(&app, &operator, "muelle").await;
    let second = member(&app, &first, muelle, MemberRole::Owner).await;
    let other_node = app.start_node().await;
    for _ in 0..ROUNDS {
        let at_other = second.app.at(&other_node);
        let (one, two) = tokio::join!(
            change(&first.app, muelle, &second, MemberRole::Manager),
            change(&at_other, muelle, &first, MemberRole::Manager)
        );
        match (one.is_ok(), two.is_ok()) {
            (true, true) => return true,
            (true, false) => change(&first.app, muelle, &second, MemberRole::Owner).await.unwrap(),
            (false, true) => change(&second.app, muelle, &first, MemberRole::Owner).await.unwrap(),
            (false, false) => panic!("one of them was first: {one:?} {two:?}"),
        }
    }
    false
}

async fn owners_who_demote_each_other_at_once_leave_one(engine: Engine) {
    assert!(!loses_its_last_owner(Setting::of(engine)).await);
}

async fn without_the_lock_a_team_loses_its_last_owner(engine: Engine) {
    let safeguards = Safeguards { team_lock: false, ..Safeguards::default() };
    assert!(
        loses_its_last_owner(Setting { safeguards, ..Setting::of(engine) }).await,
        "the negative control shows what the guard is for"
    );
}

on_each_engine! {
    owners_who_demote_each_other_at_once_leave_one
    without_the_lock_a_team_loses_its_last_owner
}
