//! The check-out's forms: their fields, and how input is parsed. Pure: text in, parsed values or messages out.

use crate::{
    http::site::{forms::Field, wording::Choice},
    messages::{Localizer, Value},
};
use serde::Deserialize;
use shared_model::{
    order::{Delivery, PostalAddress},
    plain_words,
    text::{EmailAddress, PersonName},
};

/// Longest part of a postal address, in characters.
const ADDRESS_PART_MAX: usize = 120;
/// Countries a letter goes to (ISO 3166-1 alpha-2).
const COUNTRIES: [&str; 11] = ["ES", "PT", "FR", "IT", "DE", "AT", "BE", "NL", "CH", "IE", "GB"];

/// The delivery step's form as it was sent.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct DeliveryForm {
    pub method: String,
    pub name: String,
    pub street: String,
    pub postal_code: String,
    pub city: String,
    pub country: String,
}

impl DeliveryForm {
    /// The form that shows what was chosen before.
    pub fn of(delivery: Option<&Delivery>) -> Self {
        let empty = Self { country: COUNTRIES[0].to_owned(), ..Self::default() };
        match delivery {
            None | Some(Delivery::Email) => Self { method: "email".to_owned(), ..empty },
            Some(Delivery::Collection) => Self { method: "collection".to_owned(), ..empty },
            Some(Delivery::Post { address }) => Self {
                method: "post".to_owned(),
                name: address.name.clone(),
                street: address.street.clone(),
                postal_code: address.postal_code.clone(),
                city: address.city.clone(),
                country: address.country.clone(),
            },
        }
    }

    /// What was chosen, or nothing when the form has mistakes ([`Self::address_fields`] tells them).
    pub fn delivery(&self) -> Option<Delivery> {
        match self.method.as_str() {
            "email" => Some(Delivery::Email),
            "collection" => Some(Delivery::Collection),
            "post" => {
                let address = PostalAddress {
                    name: address_part(&self.name)?,
                    street: address_part(&self.street)?,
                    postal_code: address_part(&self.postal_code)?,
                    city: address_part(&self.city)?,
                    country: COUNTRIES.contains(&self.country.as_str()).then(|| self.country.clone())?,
                };
                Some(Delivery::Post { address })
            }
            _ => None,
        }
    }

    /// The address's fields without judging them.
    pub fn address_fields(&self, localizer: Localizer<'_>) -> Vec<Field> {
        let field = |name, label: &str, value: &str, autocomplete| Field {
            name,
            label: localizer.text(label),
            kind: "text",
            value: value.to_owned(),
            autocomplete,
            length_max: ADDRESS_PART_MAX,
            ..Field::default()
        };
        let country = |code: &str| Choice {
            value: code.to_owned(),
            label: localizer.text(&format!("country-{code}")),
            chosen: code == self.country,
        };
        vec![
            field("name", "address-name", &self.name, "shipping name"),
            field("street", "address-street", &self.street, "shipping street-address"),
            field("postal_code", "address-postal-code", &self.postal_code, "shipping postal-code"),
            field("city", "address-city", &self.city, "shipping address-level2"),
            Field {
                options: COUNTRIES.map(country).into(),
                ..field("country", "address-country", &self.country, "shipping country")
            },
        ]
    }

    /// The address's fields with what is wrong in them, when a letter was asked for.
    pub fn judged_address_fields(&self, localizer: Localizer<'_>) -> Vec<Field> {
        let mut fields = self.address_fields(localizer);
        if self.method == "post" {
            for field in &mut fields {
                let good = if field.options.is_empty() {
                    address_part(&field.value).is_some()
                } else {
                    field.options.iter().any(|option| option.chosen)
                };
                field.error =
                    (!good).then(|| localizer.fill("address-missing", &[("max", Value::from(ADDRESS_PART_MAX))]));
            }
        }
        fields
    }
}

/// A part of an address, trimmed; nothing when empty, too long, or with links or invisible characters.
fn address_part(text: &str) -> Option<String> {
    let text = text.trim();
    let length = text.chars().count();
    ((1..=ADDRESS_PART_MAX).contains(&length) && plain_words::check_postal(text).is_ok()).then(|| text.to_owned())
}

/// The "who are you" step's form as it was sent.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct BuyerForm {
    pub name: String,
    pub email: String,
}

impl BuyerForm {
    /// Who buys, or nothing when the form has mistakes ([`Self::judged_fields`] tells them).
    pub fn buyer(&self) -> Option<(PersonName, EmailAddress)> {
        Some((self.name.parse().ok()?, self.email.parse().ok()?))
    }

    /// The fields without judging them.
    pub fn fields(&self, localizer: Localizer<'_>) -> Vec<Field> {
        vec![
            Field::name(localizer.text("you-name"), &self.name),
            Field::email(localizer.text("you-email"), &self.email, "email").hint(localizer.text("you-email-hint")),
        ]
    }

    /// The fields with what is wrong in them.
    pub fn judged_fields(&self, localizer: Localizer<'_>) -> Vec<Field> {
        let mut fields = self.fields(localizer);
        for field in &mut fields {
            field.error = match field.name {
                "name" if self.name.parse::<PersonName>().is_err() => Some(localizer.text("you-name-wrong")),
                "email" if self.email.parse::<EmailAddress>().is_err() => Some(localizer.text("you-email-wrong")),
                _ => None,
            };
        }
        fields
    }
}

/// What the provider's page hands back about a card.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct CardAnswer {
    pub payment_method: String,
    pub brand: String,
    pub last4: String,
    /// The buyer wants it saved; the provider's page asked.
    #[serde(deserialize_with = "is_ticked")]
    pub keep: bool,
}

/// A ticked box is sent as some text, any other not at all.
fn is_ticked<'de, D: serde::Deserializer<'de>>(text: D) -> Result<bool, D::Error> {
    Ok(!String::deserialize(text)?.is_empty())
}

impl CardAnswer {
    /// The answer, if it has the shape a provider's answer has.
    pub fn checked(self) -> Option<Self> {
        const METHOD_LENGTH_MAX: usize = 64;
        const BRAND_LENGTH_MAX: usize = 20;
        let method_ok = self.payment_method.starts_with("pm_")
            && self.payment_method.len() <= METHOD_LENGTH_MAX
            && self.payment_method.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_');
        let brand_ok =
            self.brand.len() <= BRAND_LENGTH_MAX && self.brand.bytes().all(|b| b.is_ascii_lowercase() || b == b'_');
        let last4_ok = self.last4.len() == 4 && self.last4.bytes().all(|b| b.is_ascii_digit());
        (method_ok && brand_ok && last4_ok).then_some(self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{http::site::forms::errors, messages::Messages};
    use shared_model::Language;

    #[test]
    fn a_letter_needs_every_part_of_its_address() {
        let messages = Messages::load();
        let form = DeliveryForm {
            method: "post".into(),
            name: "Inés".into(),
            street: " Calle del Faro 12 ".into(),
            postal_code: "39003".into(),
            city: String::new(),
            country: "ES".into(),
        };
        assert_eq!(form.delivery(), None);
        let wrong = errors(&form.judged_address_fields(messages.localizer(Language::En)));
        assert_eq!(wrong.iter().map(|e| e.field).collect::<Vec<_>>(), ["city"]);
        let whole = DeliveryForm { city: "Santander".into(), ..form };
        let Some(Delivery::Post { address }) = whole.delivery() else { panic!("a whole address is taken") };
        assert_eq!(address.street, "Calle del Faro 12");
    }

    #[test]
    fn an_address_for_another_way_of_delivery_is_not_judged() {
        let messages = Messages::load();
        let form = DeliveryForm { method: "email".into(), ..DeliveryForm::default() };
        assert!(errors(&form.judged_address_fields(messages.localizer(Language::En))).is_empty());
        assert_eq!(form.delivery(), Some(Delivery::Email));
    }

    #[test]
    fn hostile_address_parts_are_refused() {
        for bad in ["", "   ", "a\r\nBcc: x", &"x".repeat(ADDRESS_PART_MAX + 1)] {
            assert_eq!(address_part(bad), None, "{bad:?}");
        }
    }

    #[test]
    fn a_card_answer_of_another_shape_is_refused() {
        let good = CardAnswer {
            payment_method: "pm_card_visa".into(),
            brand: "visa".into(),
            last4: "4242".into(),
            keep: false,
        };
        assert!(good.clone().checked().is_some());
        for bad in [
            CardAnswer { payment_method: "card".into(), ..good.clone() },
            CardAnswer { payment_method: "pm_<script>".into(), ..good.clone() },
            CardAnswer { last4: "42424".into(), ..good.clone() },
            CardAnswer { brand: "Visa\n".into(), ..good },
        ] {
            assert_eq!(bad.clone().checked(), None, "{bad:?}");
        }
    }
}
