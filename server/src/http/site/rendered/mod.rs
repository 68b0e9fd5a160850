//! Renders every template with sample data in both languages. With `TICKETBOSS_RENDER_TO` set to a
//! folder the pages are written there too, to be looked at in a browser.

pub mod samples;

use super::{
    account,
    api_docs::ApiPage,
    cart::page::{CartBarPart, CartPage},
    checkout::{
        fields::{BuyerForm, DeliveryForm},
        pages::{
            BuysAs, CardPage, CardStep, ChallengePage, Declined, DeliveryPage, DeliveryWords, Review, ReviewPage,
            Trial, YouPage, refund_terms, saved_choices,
        },
        summary::{Summary, cart_review, order_review},
    },
    demo::inbox::{DemoMailPage, MailFile, MailRow, OpenMail, TextRow},
    events::{
        event::EventPage,
        list::{EventsFound, EventsPage, EventsQuery},
    },
    forms::FormPage,
    layout::{Layout, Share, Tab},
    notice_page::{AwayPage, NoticePage},
    orders::{
        Opened, OrderPage,
        list::{Listed, Shown, TicketsPage},
        ticket::TicketPage,
    },
    tell_me::page::{TellMeForm, will_be_told},
};
use crate::{
    coordinator::OrderCounts,
    messages::{Localizer, Messages},
};
use askama::Template;
use serde_json::json;
use shared_model::{
    ErrorCode, Language, OrderId, PaymentId,
    event::{Page, PerformanceSummary, SaleState},
    order::{Cart, CheckoutDraft, Order, OrderState, PaymentState},
};
use std::path::{Path, PathBuf};

/// Name and text of every page, in one language.
fn pages(localizer: Localizer<'_>) -> Vec<(&'static str, String)> {
    let cart = samples::cart();
    let layout = |title: &str| {
        Layout::new(localizer, title).demo_mail(Some("http://localhost:8081/demo/mail".to_owned())).cart(Some(&cart))
    };
    let mut pages = vec![
        ("events", events(localizer, EventsQuery::default(), samples::season(), &cart)),
        ("events-nothing", events(localizer, nothing_query(), Vec::new(), &cart)),
        ("event", render(&event_page(layout("The Seagull").tab(Tab::Events), Some(&cart)))),
        ("event-no-cart", render(&event_page(Layout::new(localizer, "The Seagull").tab(Tab::Events), None))),
        ("cart", render(&cart_page(localizer, &samples::cart_with_lapsed(), None))),
        ("cart-refused", render(&cart_page(localizer, &cart, Some(ErrorCode::SeatsTaken)))),
        ("cart-empty", render(&cart_page(localizer, &empty_cart(), None))),
        ("cart-bar", render(&CartBarPart::new(layout("")))),
        ("tickets", tickets_page(layout("Your tickets"), vec![paid()], past_orders())),
        ("tickets-none", tickets_page(layout("Your tickets"), Vec::new(), Vec::new())),
        ("ticket", render(&TicketPage::new(layout(""), &paid(), 1, Some("a-key")).expect("the sample has a ticket"))),
        ("not-found", render(&NoticePage::error(layout(""), ErrorCode::NotFound))),
        ("server-error", render(&NoticePage::error(layout(""), ErrorCode::Internal))),
        ("busy", render(&NoticePage::error(layout(""), ErrorCode::RateLimited))),
        ("tell-me", tell_me_page(layout("Tell me when there are seats"), localizer)),
        ("tell-me-done", tell_me_done(layout("You’ll hear from us"), localizer)),
        ("away", render(&AwayPage::new(layout("")))),
        ("away-buying", render(&AwayPage::while_buying(layout("")))),
        ("api", render(&ApiPage::new(layout("For developers"), &api_document()))),
        ("demo-mail", render(&messages_page(layout("The demo’s messages"), None))),
        ("demo-mail-open", render(&messages_page(layout("The demo’s messages"), Some(open_mail())))),
        ("demo-mail-none", render(&DemoMailPage::new(layout("The demo’s messages"), Vec::new(), Vec::new(), None))),
        ("challenge", render(&ChallengePage::new(layout("Your bank"), "pi_1", "€ 93.00"))),
    ];
    pages.extend(account::sample_pages::pages(localizer));
    pages.extend(order_pages(localizer));
    pages.extend(checkout_pages(localizer));
    pages
}

fn render(template: &impl Template) -> String {
    template.render().expect("a template renders whatever its data")
}

fn sold_out() -> PerformanceSummary {
    samples::performance(7, "The Seagull", "Teatro del Muelle", "2026-12-19T16:00:00+01:00", SaleState::SoldOut)
}

fn tell_me_page(layout: Layout<'_>, localizer: Localizer<'_>) -> String {
    let performance = sold_out();
    let form = TellMeForm { performance: performance.performance_id, email: "ines".to_owned() };
    render(&FormPage::new(layout, form.parts(&performance, true, None, samples::now(), localizer)))
}

fn tell_me_done(layout: Layout<'_>, localizer: Localizer<'_>) -> String {
    let email = "ines@example.com".parse().expect("an address");
    render(&will_be_told(layout, &sold_out(), &email, samples::now(), localizer))
}

fn nothing_query() -> EventsQuery {
    EventsQuery { when: "2026-11-23".into(), place: "Santander".into(), ..EventsQuery::default() }
}

fn empty_cart() -> Cart {
    Cart { performances: Vec::new(), total: None, fees: None, ..samples::cart() }
}

fn paid() -> Order {
    samples::order(OrderState::Paid, PaymentState::Captured)
}

fn events(
    localizer: Localizer<'_>,
    query: EventsQuery,
    items: Vec<shared_model::event::PerformanceSummary>,
    cart: &Cart,
) -> String {
    let share = Share {
        description: localizer.text("events-description"),
        url: "http://localhost/".into(),
        image: "http://localhost/share.png".into(),
    };
    let page = Layout::new(localizer, localizer.text("events-title")).tab(Tab::Events).cart(Some(cart)).share(share);
    let next = items.is_empty().then(|| samples::season()[5].clone());
    let found = Page { items, next_cursor: Some("abc".into()) };
    let places = vec!["Bilbao".into(), "Santander".into()];
    render(&EventsPage::new(page, &EventsFound { query, found, places, next, now: samples::now() }))
}

fn event_page<'a>(page: Layout<'a>, cart: Option<&Cart>) -> EventPage<'a> {
    EventPage::new(page, &samples::seagull(), cart, samples::now(), "https://tickets.example")
}

fn cart_page<'a>(localizer: Localizer<'a>, cart: &Cart, refused: Option<ErrorCode>) -> CartPage<'a> {
    CartPage::new(Layout::new(localizer, localizer.text("cart-title")).tab(Tab::Cart).cart(Some(cart)), cart, refused)
}

fn messages_page(page: Layout<'_>, open: Option<OpenMail>) -> DemoMailPage<'_> {
    let mail = |id: &str, is_open| MailRow {
        id: id.into(),
        subject: "Your tickets: The Seagull".into(),
        to: "ines.roldan@example.com".into(),
        sent: "22 November 2026, 18:52".into(),
        is_open,
    };
    let text = |code: &str| TextRow {
        to: "+34612345678".into(),
        text: format!("{code} is your TicketBoss code for a new password. It works for 10 minutes."),
        sent: "22 November 2026, 18:52".into(),
    };
    let mails = vec![mail("1", open.is_some()), mail("2", false)];
    DemoMailPage::new(page, ["482913", "118204", "730551", "264410"].map(text).into(), mails, open)
}

fn open_mail() -> OpenMail {
    OpenMail {
        id: "1".into(),
        subject: "Your tickets: The Seagull".into(),
        from: "TicketBoss <tickets@example.org>".into(),
        to: "ines.roldan@example.com".into(),
        text: "Hello Inés,\n\nhere are your tickets.".into(),
        has_html: true,
        attachments: vec![MailFile { position: 0, name: "tickets.pdf".into() }],
    }
}

fn api_document() -> serde_json::Value {
    json!({
        "paths": { "/api/v1/cart": { "get": {
            "operationId": "load_cart", "summary": "What this visitor holds",
            "responses": { "200": { "description": "The cart", "content": { "application/json": {
                "schema": { "$ref": "#/components/schemas/Cart" } } } } } } } },
        "components": { "schemas": { "Cart": { "description": "All a cart holds", "required": ["now"],
            "properties": { "now": { "type": "integer", "description": "By the server's clock" } } } } }
    })
}

fn past_orders() -> Vec<Order> {
    vec![
        paid(),
        samples::order(OrderState::Lapsed, PaymentState::Voided),
        samples::order(OrderState::Voided, PaymentState::Voided),
    ]
}

/// With more to come after each list, and a mail that was asked for a moment ago.
fn tickets_page(page: Layout<'_>, upcoming: Vec<Order>, past: Vec<Order>) -> String {
    let orders = |items: Vec<Order>| Page { next_cursor: (!items.is_empty()).then(|| "next".into()), items };
    let listed = Listed {
        shown: Shown::All,
        counts: OrderCounts { upcoming: upcoming.len(), past: past.len() },
        mailed: upcoming.first().map(|order| (order.order_id, "sent".into())),
        upcoming: orders(upcoming),
        past: orders(past),
        is_guest: true,
    };
    render(&TicketsPage::new(page.tab(Tab::Tickets), &listed, samples::now()))
}

fn order_pages(localizer: Localizer<'_>) -> Vec<(&'static str, String)> {
    let page = |state, payment| {
        render(&OrderPage::new(
            Layout::new(localizer, ""),
            &samples::order(state, payment),
            samples::now(),
            Opened::default(),
        ))
    };
    vec![
        ("order-paid", page(OrderState::Paid, PaymentState::Captured)),
        ("order-declined", page(OrderState::Pending, PaymentState::Declined)),
        ("order-checking", page(OrderState::Pending, PaymentState::RequiresAction)),
        ("order-uncertain", page(OrderState::Pending, PaymentState::Created)),
        ("order-lapsed", page(OrderState::Lapsed, PaymentState::Voided)),
        ("order-voided", page(OrderState::Voided, PaymentState::Voided)),
    ]
}

fn checkout_pages(localizer: Localizer<'_>) -> Vec<(&'static str, String)> {
    let cart = samples::cart();
    let zone = "Europe/Madrid";
    let layout = |key: &str| Layout::new(localizer, localizer.text(key));
    let postage = samples::offers()[1].fee;
    let summary = || Summary::of_cart(&cart, &[], postage, localizer).expect("the sample cart can be bought");
    let order = samples::order(OrderState::Pending, PaymentState::Declined);
    let delivery = samples::post();
    let form = DeliveryForm::of(Some(&delivery));
    let broken = DeliveryForm { city: String::new(), ..form.clone() };
    let buyer = BuyerForm { name: "Inés Roldán Łuczak".into(), email: "ines".into() };
    let draft = CheckoutDraft {
        delivery: Some(delivery.clone()),
        buyer_name: buyer.name.parse().ok(),
        buyer_email: "ines.roldan@example.com".parse().ok(),
        payment_method: Some("pm_card_visa".into()),
        card_brand: Some("visa".into()),
        card_last4: Some("4242".into()),
        save_card: false,
        order_id: None,
    };
    let review = |seats, seats_can_change, alert| Review {
        seats,
        seats_can_change,
        delivery: DeliveryWords::new(&delivery, &samples::offers(), zone, localizer),
        refunds: refund_terms(
            &[("The Seagull".into(), "Give seats back until Sat 5 December, 19:30.".into())],
            localizer,
        ),
        order_id: OrderId::default(),
        payment_id: PaymentId::default(),
        alert,
    };
    let trials = || {
        vec![Trial {
            number: "4242424242424242".into(),
            shown: "4242 4242 4242 4242".into(),
            words: localizer.text("trial-success"),
        }]
    };
    let delivery_page = |form: &DeliveryForm, fields| {
        render(&DeliveryPage::new(layout("delivery-title"), summary(), &samples::offers(), form, fields, zone))
    };
    let declined = Declined::new(Some("Visa ending 4242"), "06:12", localizer);
    vec![
        ("checkout-delivery", delivery_page(&form, form.address_fields(localizer))),
        ("checkout-delivery-wrong", delivery_page(&broken, broken.judged_address_fields(localizer))),
        (
            "checkout-you",
            render(&YouPage::new(layout("you-title"), summary(), buyer.judged_fields(localizer), BuysAs::Guest)),
        ),
        (
            "checkout-card",
            render(&CardPage::new(
                layout("card-title"),
                Summary::of_order(&order, samples::now(), localizer),
                CardStep {
                    declined: Some(declined),
                    chosen: Some("Visa ending 4242".into()),
                    trials: trials(),
                    ..CardStep::default()
                },
            )),
        ),
        (
            "checkout-card-saved",
            render(&CardPage::new(
                layout("card-title"),
                summary(),
                CardStep {
                    saved: saved_choices(&samples::saved_cards(), None, false, localizer),
                    can_save: true,
                    trials: trials(),
                    ..CardStep::default()
                },
            )),
        ),
        (
            "checkout-card-new",
            render(&CardPage::new(
                layout("card-title"),
                summary(),
                CardStep { trials: trials(), ..CardStep::default() },
            )),
        ),
        (
            "checkout-review",
            render(&ReviewPage::new(
                layout("review-title"),
                summary(),
                &draft,
                review(cart_review(&cart, localizer), true, None),
            )),
        ),
        (
            "checkout-review-again",
            render(&ReviewPage::new(
                layout("review-title"),
                Summary::of_order(&order, samples::now(), localizer),
                &draft,
                review(order_review(&order, localizer), false, Some("!".into())),
            )),
        ),
    ]
}

#[test]
fn every_page_renders_in_every_language_without_a_missing_message() {
    let messages = Messages::load();
    for language in Language::ALL {
        for (name, html) in pages(messages.localizer(language)) {
            assert!(html.len() > 100, "{name} is empty");
            for prefix in message_prefixes() {
                assert!(!html.contains(&format!(">{prefix}-")), "{name} shows a message key starting {prefix}-");
            }
            assert!(!html.contains("{ $"), "{name} shows an unfilled placeholder");
            if let Some(folder) = std::env::var_os("TICKETBOSS_RENDER_TO") {
                let folder = PathBuf::from(folder).join(language.tag());
                std::fs::create_dir_all(&folder).expect("the folder to render to can be made");
                std::fs::write(folder.join(format!("{name}.html")), html).expect("a page can be written");
            }
        }
    }
}

/// First words of our message keys: a key that shows on a page begins with one.
fn message_prefixes() -> [&'static str; 31] {
    [
        "nav", "cart", "search", "when", "state", "price", "event", "lapsed", "place", "step", "receipt", "delivery",
        "address", "you", "card", "review", "order", "tickets", "error", "refused", "sign", "password", "passkey",
        "code", "reset", "account", "totp", "delete", "proof", "demo", "screen",
    ]
}

fn files_below(folder: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    entries.flat_map(|path| if path.is_dir() { files_below(&path) } else { vec![path] }).collect()
}

#[test]
fn every_message_a_template_says_exists() {
    let messages = Messages::load();
    let templates = files_below(&Path::new(env!("CARGO_MANIFEST_DIR")).join("templates"));
    assert!(templates.len() > 30, "the templates are there");
    for path in templates {
        let text = std::fs::read_to_string(&path).unwrap();
        for said in text.split("page.text(\"").skip(1) {
            let key = said.split('"').next().unwrap();
            assert_ne!(messages.text(Language::En, key, &[]), key, "{key} in {}", path.display());
        }
    }
}

#[test]
fn pages_obey_the_content_security_policy() {
    let messages = Messages::load();
    for (name, html) in pages(messages.localizer(Language::En)) {
        assert!(!html.contains(" style=\""), "{name} has an inline style");
        assert!(!html.contains("<style"), "{name} has a style element");
        assert!(!html.contains(" onclick="), "{name} has an inline handler");
        for script in html.split("<script ").skip(1) {
            let attributes = script.split('>').next().unwrap_or_default();
            let is_data = attributes.contains("application/ld+json");
            assert!(is_data || attributes.contains("src="), "{name} has an inline script");
        }
    }
}

#[test]
fn texts_of_organizers_cannot_leave_their_place() {
    let messages = Messages::load();
    let event = render(&event_page(Layout::new(messages.localizer(Language::En), "The Seagull"), None));
    // The sample's description holds "</script>": escaped in the text and in the data block.
    assert_eq!(event.matches("</script>").count(), 2, "one for the data block, one for site.js");
}
