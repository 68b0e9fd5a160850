//! The steps to buying. Each reads where the purchase stands ([`CheckoutState`]), shows its page or takes its
//! form, and leads on to the first step that is still open.

use super::{
    Step,
    fields::{BuyerForm, CardAnswer, DeliveryForm},
    pages::{
        BuysAs, CardPage, CardStep, Declined, DeliveryPage, DeliveryWords, Review, ReviewPage, Trial, YouPage,
        refund_terms, saved_choices,
    },
    summary::{Summary, cart_review, order_review},
};
use crate::{
    commerce::sandbox::{Behaviour, TEST_CARDS},
    coordinator::Visitor,
    http::{
        AppState,
        requests::request_checks::is_cross_site,
        site::{
            cart::{
                page::refusal,
                routes::{refused, refused_at_cart},
            },
            reader::{Reader, SiteError, SiteResult, page},
            wording,
        },
    },
};
use axum::{
    Form, Router,
    extract::Query,
    http::{HeaderMap, header},
    response::{IntoResponse, Redirect, Response},
    routing::{get, post},
};
use serde::Deserialize;
use shared_model::{
    Currency, ErrorCode, Money, OrderId, PaymentId, Problem,
    account::SavedCard,
    event::PerformanceDetail,
    order::{
        Buyer, Cart, CheckoutDraft, Delivery, DeliveryOffer, Order, OrderRequest, OrderState, PaymentRequest,
        PaymentState,
    },
};

/// Where a saved card leads that was removed or has expired: to the card step, which says so.
const CARD_NOT_USABLE: &str = "/checkout/card?refused=card_declined";

pub fn router() -> Router<AppState> {
    Router::new()
        .route("/checkout", get(first_open))
        .route("/checkout/delivery", get(delivery).post(choose_delivery))
        .route("/checkout/you", get(you).post(choose_you))
        .route("/checkout/card", get(card).post(choose_saved_card))
        .route("/checkout/card/return", get(card_chosen))
        .route("/checkout/review", get(review))
        .route("/checkout/buy", post(buy))
        .route("/checkout/check", get(check_order))
        .route("/checkout/give-up", post(give_up))
}

/// Where a purchase stands.
struct CheckoutState {
    visitor: Visitor,
    draft: CheckoutDraft,
    purchase: Purchase,
    /// Empty once there is an order: its delivery is fixed.
    offers: Vec<DeliveryOffer>,
}

/// What is being bought.
enum Purchase {
    /// Seats held, with what is known of their performances.
    Cart(Box<Cart>, Vec<PerformanceDetail>),
    /// An order whose card was declined.
    Declined(Box<Order>),
}

impl CheckoutState {
    /// # Errors
    /// Leads elsewhere when there is nothing to buy here: to the cart, or to an order under way.
    async fn load(reader: &Reader) -> SiteResult<Self> {
        let visitor = reader.visitor.ok_or_else(|| SiteError::Elsewhere("/cart".to_owned()))?;
        let coordinator = reader.coordinator();
        let mut draft = coordinator.orders().load_checkout_draft(&visitor).await?;
        if let Some(order) = find_draft_order(reader, &visitor, &draft).await?
            && order.state == OrderState::Pending
        {
            if !is_declined(&order) {
                return Err(SiteError::Elsewhere(format!("/orders/{}", order.order_id)));
            }
            return Ok(Self { visitor, draft, purchase: Purchase::Declined(Box::new(order)), offers: Vec::new() });
        }
        let cart = coordinator.seats().load_cart(&visitor).await?;
        if cart.performances.is_empty() {
            return Err(SiteError::Elsewhere("/cart".to_owned()));
        }
        let offers = coordinator.orders().list_delivery_offers(&visitor).await?;
        // A letter that was chosen in time for one event may be too late for the next.
        draft.delivery = draft.delivery.filter(|chosen| offers.iter().any(|offer| offer.method == method(chosen)));
        let mut details = Vec::with_capacity(cart.performances.len());
        for held in &cart.performances {
            details.extend(coordinator.catalogue().find_performance(held.performance_id).await?);
        }
        Ok(Self { visitor, draft, purchase: Purchase::Cart(Box::new(cart), details), offers })
    }

    /// The same, for the steps that an order no longer has.
    async fn load_cart(reader: &Reader) -> SiteResult<Self> {
        let checkout = Self::load(reader).await?;
        match checkout.purchase {
            Purchase::Cart(..) => Ok(checkout),
            Purchase::Declined(_) => Err(SiteError::Elsewhere(Step::Card.path().to_owned())),
        }
    }

    fn summary(&self, reader: &Reader) -> SiteResult<Summary> {
        let localizer = reader.localizer();
        match &self.purchase {
            Purchase::Cart(cart, details) => Summary::of_cart(cart, details, self.postage(), localizer)
                .ok_or_else(|| refused_at_cart(ErrorCode::MixedCurrencies)),
            Purchase::Declined(order) => Ok(Summary::of_order(order, reader.now(), localizer)),
        }
    }

    /// What the chosen delivery costs.
    fn postage(&self) -> Option<Money> {
        let chosen = method(self.draft.delivery.as_ref()?);
        self.offers.iter().find(|offer| offer.method == chosen)?.fee
    }

    fn time_zone(&self) -> &str {
        let zone = match &self.purchase {
            Purchase::Cart(cart, _) => cart.performances.first().map(|held| &held.venue.time_zone),
            Purchase::Declined(order) => order.performances.first().map(|part| &part.venue.time_zone),
        };
        zone.map_or("UTC", String::as_str)
    }

    fn buys_as(&self) -> BuysAs {
        if self.visitor.account_id.is_some() { BuysAs::AccountHolder } else { BuysAs::Guest }
    }

    /// The buyer's saved cards; guests have none.
    async fn saved_cards(&self, reader: &Reader) -> SiteResult<Vec<SavedCard>> {
        match self.visitor.account_id {
            Some(account_id) => Ok(reader.coordinator().orders().list_saved_cards(account_id).await?),
            None => Ok(Vec::new()),
        }
    }

    async fn save(&self, reader: &Reader) -> SiteResult<()> {
        Ok(reader.coordinator().orders().save_checkout_draft(&self.visitor, self.draft.clone()).await?)
    }

    /// On to the first step without an answer.
    fn next(&self) -> Response {
        Redirect::to(Step::first_open(&self.draft).path()).into_response()
    }
}

/// The order this draft became, if it did.
async fn find_draft_order(reader: &Reader, visitor: &Visitor, draft: &CheckoutDraft) -> SiteResult<Option<Order>> {
    let Some(order_id) = draft.order_id else { return Ok(None) };
    find_order(reader, visitor, order_id).await
}

async fn find_order(reader: &Reader, visitor: &Visitor, order_id: OrderId) -> SiteResult<Option<Order>> {
    match reader.coordinator().orders().find_order(visitor, order_id).await {
        Ok(order) => Ok(Some(order)),
        Err(Problem { code: ErrorCode::NotFound, .. }) => Ok(None),
        Err(problem) => Err(problem.into()),
    }
}

fn is_declined(order: &Order) -> bool {
    let state = order.payment.as_ref().map(|payment| payment.state);
    matches!(state, Some(PaymentState::Declined | PaymentState::Voided))
}

fn method(delivery: &Delivery) -> &'static str {
    match delivery {
        Delivery::Email => "email",
        Delivery::Post { .. } => "post",
        Delivery::Collection => "collection",
    }
}

async fn first_open(reader: Reader) -> SiteResult<Response> {
    Ok(CheckoutState::load(&reader).await?.next())
}

async fn delivery(reader: Reader) -> SiteResult<Response> {
    let checkout = CheckoutState::load_cart(&reader).await?;
    let form = DeliveryForm::of(checkout.draft.delivery.as_ref());
    let fields = form.address_fields(reader.localizer());
    let layout = reader.layout(&reader.localizer().text("delivery-title"), None);
    page(&DeliveryPage::new(layout, checkout.summary(&reader)?, &checkout.offers, &form, fields, checkout.time_zone()))
}

async fn choose_delivery(reader: Reader, Form(form): Form<DeliveryForm>) -> SiteResult<Response> {
    let mut checkout = CheckoutState::load_cart(&reader).await?;
    let offered = checkout.offers.iter().any(|offer| offer.method == form.method);
    let Some(chosen) = form.delivery().filter(|_| offered) else {
        let fields = form.judged_address_fields(reader.localizer());
        let layout = reader.layout(&reader.localizer().text("delivery-title"), None);
        return page(&DeliveryPage::new(
            layout,
            checkout.summary(&reader)?,
            &checkout.offers,
            &form,
            fields,
            checkout.time_zone(),
        ));
    };
    checkout.draft.delivery = Some(chosen);
    checkout.save(&reader).await?;
    Ok(checkout.next())
}

async fn you(reader: Reader) -> SiteResult<Response> {
    let checkout = CheckoutState::load_cart(&reader).await?;
    let mut form = BuyerForm {
        name: checkout.draft.buyer_name.as_ref().map(ToString::to_string).unwrap_or_default(),
        email: checkout.draft.buyer_email.as_ref().map(ToString::to_string).unwrap_or_default(),
    };
    if let Some(account_id) = checkout.visitor.account_id
        && form.name.is_empty()
        && form.email.is_empty()
    {
        let account = reader.coordinator().accounts().load_account(account_id).await?;
        form = BuyerForm { name: account.name.to_string(), email: account.email.to_string() };
    }
    let layout = reader.layout(&reader.localizer().text("you-title"), None);
    page(&YouPage::new(layout, checkout.summary(&reader)?, form.fields(reader.localizer()), checkout.buys_as()))
}

async fn choose_you(reader: Reader, Form(form): Form<BuyerForm>) -> SiteResult<Response> {
    let mut checkout = CheckoutState::load_cart(&reader).await?;
    let Some((name, email)) = form.buyer() else {
        let layout = reader.layout(&reader.localizer().text("you-title"), None);
        let fields = form.judged_fields(reader.localizer());
        return page(&YouPage::new(layout, checkout.summary(&reader)?, fields, checkout.buys_as()));
    };
    checkout.draft.buyer_name = Some(name);
    checkout.draft.buyer_email = Some(email);
    checkout.save(&reader).await?;
    Ok(checkout.next())
}

async fn card(reader: Reader, Query(query): Query<RefusedQuery>) -> SiteResult<Response> {
    let checkout = CheckoutState::load(&reader).await?;
    let localizer = reader.localizer();
    let draft = &checkout.draft;
    let (declined, chosen) = match &checkout.purchase {
        Purchase::Cart(..) => {
            (None, wording::card(draft.card_brand.as_deref(), draft.card_last4.as_deref(), localizer))
        }
        Purchase::Declined(order) => {
            let payment = order.payment.as_ref();
            let card = payment.and_then(|p| wording::card(p.card_brand.as_deref(), p.card_last4.as_deref(), localizer));
            let left = order.keeps_seats_until.map(|until| until.saturating_since(reader.now())).unwrap_or_default();
            (Some(Declined::new(card.as_deref(), &wording::clock(left), localizer)), card)
        }
    };
    let layout = reader.layout(&localizer.text("card-title"), None);
    let alert = refused(&query.refused).map(|code| match code {
        ErrorCode::CardDeclined => localizer.text("card-not-usable"),
        _ => localizer.text("card-not-a-test-card"),
    });
    let cards = checkout.saved_cards(&reader).await?;
    let saved = saved_choices(&cards, draft.payment_method.as_deref(), declined.is_some(), localizer);
    // A saved card stands in the list already.
    let chosen = chosen.filter(|_| !saved.iter().any(|card| card.was_chosen));
    let can_save = checkout.visitor.account_id.is_some();
    let step = CardStep { declined, alert, chosen, saved, can_save, trials: trials(&reader) };
    page(&CardPage::new(layout, checkout.summary(&reader)?, step))
}

/// The sandbox's test cards, one press each.
fn trials(reader: &Reader) -> Vec<Trial> {
    TEST_CARDS
        .iter()
        .map(|card| Trial {
            number: card.number.to_owned(),
            shown: card.number.as_bytes().chunks(4).map(String::from_utf8_lossy).collect::<Vec<_>>().join(" "),
            words: reader.localizer().text(match card.behaviour {
                Behaviour::Succeeds => "trial-success",
                Behaviour::Challenges => "trial-challenge",
                Behaviour::Declines { code: "insufficient_funds" } => "trial-insufficient-funds",
                Behaviour::Declines { code: "expired_card" } => "trial-expired",
                Behaviour::Declines { .. } => "trial-declined",
                Behaviour::TimesOutAfterSuccess => "trial-lost",
            }),
        })
        .collect()
}

/// The provider's page hands back its name for the card. Another site must not choose one.
async fn card_chosen(reader: Reader, headers: HeaderMap, Query(answer): Query<CardAnswer>) -> SiteResult<Response> {
    let host = headers.get(header::HOST).and_then(|host| host.to_str().ok());
    if is_cross_site(&headers, host, &reader.state) {
        return Err(ErrorCode::Forbidden.into());
    }
    let Some(card) = answer.checked() else { return Err(ErrorCode::InvalidInput.into()) };
    let mut checkout = CheckoutState::load(&reader).await?;
    checkout.draft.payment_method = Some(card.payment_method);
    checkout.draft.card_brand = Some(card.brand);
    checkout.draft.card_last4 = Some(card.last4);
    // Only who has an account was asked.
    checkout.draft.save_card = card.keep && checkout.visitor.account_id.is_some();
    checkout.save(&reader).await?;
    Ok(checkout.next())
}

#[derive(Deserialize)]
struct SavedCardForm {
    /// Empty where another card is wanted.
    #[serde(default)]
    saved_card: String,
}

async fn choose_saved_card(reader: Reader, Form(form): Form<SavedCardForm>) -> SiteResult<Response> {
    let mut checkout = CheckoutState::load(&reader).await?;
    let cards = checkout.saved_cards(&reader).await?;
    let chosen = cards.into_iter().find(|card| card.saved_card_id.to_string() == form.saved_card && !card.expired);
    let Some(card) = chosen else { return Err(SiteError::Elsewhere(CARD_NOT_USABLE.to_owned())) };
    checkout.draft.payment_method = Some(card.saved_card_id.to_string());
    checkout.draft.card_brand = Some(card.brand);
    checkout.draft.card_last4 = Some(card.last4);
    checkout.draft.save_card = false;
    checkout.save(&reader).await?;
    Ok(checkout.next())
}

#[derive(Deserialize)]
struct RefusedQuery {
    /// Why something was not done, by the code of the refusal.
    #[serde(default)]
    refused: String,
}

async fn review(reader: Reader, Query(query): Query<RefusedQuery>) -> SiteResult<Response> {
    let mut checkout = CheckoutState::load(&reader).await?;
    if Step::first_open(&checkout.draft) != Step::Review {
        return Ok(checkout.next());
    }
    let localizer = reader.localizer();
    let order_id = order_to_place(&reader, &mut checkout).await?;
    let summary = checkout.summary(&reader)?;
    let (seats, terms) = match &checkout.purchase {
        Purchase::Cart(cart, _) => (cart_review(cart, localizer), cart_terms(&reader, cart).await?),
        Purchase::Declined(order) => {
            let terms = order.performances.iter().map(|part| (part.title.clone(), part.refund_terms.clone()));
            (order_review(order, localizer), terms.collect())
        }
    };
    let delivery = match &checkout.purchase {
        Purchase::Declined(order) => &order.delivery,
        Purchase::Cart(..) => checkout.draft.delivery.as_ref().unwrap_or(&Delivery::Email),
    };
    let review = Review {
        seats,
        seats_can_change: matches!(checkout.purchase, Purchase::Cart(..)),
        delivery: DeliveryWords::new(delivery, &checkout.offers, checkout.time_zone(), localizer),
        refunds: refund_terms(&terms, localizer),
        order_id,
        payment_id: PaymentId::new(),
        alert: refused(&query.refused).map(|code| refusal(code, localizer)),
    };
    let layout = reader.layout(&localizer.text("review-title"), None);
    page(&ReviewPage::new(layout, summary, &checkout.draft, review))
}

/// The id *Buy* will carry. It is kept in the draft, so that a reload and a second press buy the same
/// order; one that is over gives way to a new one.
async fn order_to_place(reader: &Reader, checkout: &mut CheckoutState) -> SiteResult<OrderId> {
    if let Purchase::Declined(order) = &checkout.purchase {
        return Ok(order.order_id);
    }
    if let Some(order_id) = checkout.draft.order_id
        && find_order(reader, &checkout.visitor, order_id).await?.is_none()
    {
        return Ok(order_id);
    }
    let order_id = OrderId::new();
    checkout.draft.order_id = Some(order_id);
    checkout.save(reader).await?;
    Ok(order_id)
}

/// Each event's title with its terms for giving seats back.
async fn cart_terms(reader: &Reader, cart: &Cart) -> SiteResult<Vec<(String, String)>> {
    let mut terms: Vec<(String, String)> = Vec::new();
    for held in &cart.performances {
        if let Some(event) = reader.coordinator().catalogue().find_event(&held.event_slug).await?
            && !terms.iter().any(|(title, _)| *title == event.title)
        {
            terms.push((event.title, event.refund_terms));
        }
    }
    Ok(terms)
}

#[derive(Deserialize)]
struct BuyForm {
    order_id: OrderId,
    payment_id: PaymentId,
    /// What the buyer saw.
    total_minor: i64,
    currency: Currency,
}

async fn buy(reader: Reader, Form(form): Form<BuyForm>) -> SiteResult<Response> {
    let visitor = reader.visitor.ok_or_else(|| SiteError::Elsewhere("/cart".to_owned()))?;
    let draft = reader.coordinator().orders().load_checkout_draft(&visitor).await?;
    let existing = find_order(&reader, &visitor, form.order_id).await?;
    let bought = match existing {
        Some(order) if order.state == OrderState::Pending && is_declined(&order) => {
            pay_again(&reader, &visitor, &draft, &form).await?
        }
        // A second press, or a page that was loaded again: the order stands as it stands.
        Some(order) => Ok(order),
        None => place_order(&reader, &visitor, draft, &form).await?,
    };
    match bought {
        Ok(order) => Ok(Redirect::to(&after_buying(&reader, &order)).into_response()),
        Err(problem) => Err(not_bought(&problem, form.order_id)),
    }
}

#[derive(Deserialize)]
struct CheckedOrder {
    order: OrderId,
}

/// The answer to *Buy* was lost on the way: to the order, if it arrived, else back to buying it.
async fn check_order(reader: Reader, Query(checked): Query<CheckedOrder>) -> SiteResult<Response> {
    let visitor = reader.visitor.ok_or_else(|| SiteError::Elsewhere("/cart".to_owned()))?;
    let leads_to = match find_order(&reader, &visitor, checked.order).await? {
        Some(order) => after_buying(&reader, &order),
        None => Step::Review.path().to_owned(),
    };
    Ok(Redirect::to(&leads_to).into_response())
}

async fn pay_again(
    reader: &Reader,
    visitor: &Visitor,
    draft: &CheckoutDraft,
    form: &BuyForm,
) -> SiteResult<Result<Order, Problem>> {
    let Some(payment_method) = draft.payment_method.clone() else {
        return Err(SiteError::Elsewhere(Step::Card.path().to_owned()));
    };
    let request = PaymentRequest { payment_id: form.payment_id, payment_method, save_card: draft.save_card };
    Ok(reader.coordinator().orders().pay_again(visitor, form.order_id, request).await)
}

async fn place_order(
    reader: &Reader,
    visitor: &Visitor,
    draft: CheckoutDraft,
    form: &BuyForm,
) -> SiteResult<Result<Order, Problem>> {
    let open = Step::first_open(&draft);
    let (Some(delivery), Some(name), Some(email), Some(payment_method)) =
        (draft.delivery.clone(), draft.buyer_name.clone(), draft.buyer_email.clone(), draft.payment_method.clone())
    else {
        return Err(SiteError::Elsewhere(open.path().to_owned()));
    };
    if draft.order_id != Some(form.order_id) {
        // Written before buying: whatever happens next, the buyer finds the order again.
        let draft = CheckoutDraft { order_id: Some(form.order_id), ..draft };
        reader.coordinator().orders().save_checkout_draft(visitor, draft).await?;
    }
    let request = OrderRequest {
        buyer: Buyer { name, email, language: reader.language },
        delivery,
        expected_total: Money::new(form.total_minor, form.currency),
        payment_method,
        save_card: draft.save_card,
    };
    Ok(reader.coordinator().orders().place_order(visitor, form.order_id, request).await)
}

/// Where the buyer goes next: to the tickets, to the bank's page, or to another card.
fn after_buying(reader: &Reader, order: &Order) -> String {
    let asked_by_bank = order
        .payment
        .as_ref()
        .filter(|payment| order.state == OrderState::Pending && payment.state == PaymentState::RequiresAction)
        .and_then(|payment| payment.next_action_url.as_deref());
    match asked_by_bank {
        // The sandbox's bank is a page of ours, whatever name we are reached by.
        Some(url) => url.strip_prefix(reader.base_url()).unwrap_or(url).to_owned(),
        None if order.state == OrderState::Pending && is_declined(order) => Step::Card.path().to_owned(),
        None => format!("/orders/{}", order.order_id),
    }
}

/// Where a refusal to buy is said.
fn not_bought(problem: &Problem, order_id: OrderId) -> SiteError {
    match problem.code {
        ErrorCode::TotalChanged | ErrorCode::MixedCurrencies => {
            SiteError::Elsewhere(format!("/checkout/review?refused={}", problem.code.as_str()))
        }
        ErrorCode::CardDeclined => SiteError::Elsewhere(CARD_NOT_USABLE.to_owned()),
        ErrorCode::PaymentUncertain | ErrorCode::OrderClosed => SiteError::Elsewhere(format!("/orders/{order_id}")),
        code if problem.status < 500 => refused_at_cart(code),
        code => SiteError::Failed(code),
    }
}

/// Gives up an order whose card was declined; its seats are the cart's again.
async fn give_up(reader: Reader) -> SiteResult<Response> {
    let mut checkout = CheckoutState::load(&reader).await?;
    if let Purchase::Declined(order) = &checkout.purchase {
        reader.coordinator().orders().cancel_order(&checkout.visitor, order.order_id).await?;
        checkout.draft.order_id = None;
        checkout.save(&reader).await?;
    }
    Ok(Redirect::to("/cart").into_response())
}
