//! Money: whole minor units with their currency, checked arithmetic, and the one way to write it.

use crate::Language;
use serde::{Deserialize, Serialize};
use std::{fmt, str::FromStr};

/// An ISO 4217 currency code.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Currency([u8; 3]);

impl Currency {
    pub const EUR: Self = Self(*b"EUR");

    pub fn code(&self) -> &str {
        std::str::from_utf8(&self.0).expect("a currency is three ASCII capitals by construction")
    }

    /// Digits after the decimal point (ISO 4217 "minor unit"). Currencies not named have two.
    pub fn minor_digits(self) -> u32 {
        match &self.0 {
            b"BIF" | b"CLP" | b"DJF" | b"GNF" | b"ISK" | b"JPY" | b"KMF" | b"KRW" | b"PYG" | b"RWF" | b"UGX"
            | b"UYI" | b"VND" | b"VUV" | b"XAF" | b"XOF" | b"XPF" => 0,
            b"BHD" | b"IQD" | b"JOD" | b"KWD" | b"LYD" | b"OMR" | b"TND" => 3,
            _ => 2,
        }
    }

    /// The sign people know, or the code where there is none.
    pub fn sign(&self) -> &str {
        match &self.0 {
            b"EUR" => "€",
            b"GBP" => "£",
            b"USD" => "$",
            b"JPY" => "¥",
            _ => self.code(),
        }
    }
}

impl FromStr for Currency {
    type Err = InvalidCurrency;
    fn from_str(code: &str) -> Result<Self, Self::Err> {
        match <[u8; 3]>::try_from(code.as_bytes()) {
            Ok(bytes) if bytes.iter().all(u8::is_ascii_uppercase) => Ok(Self(bytes)),
            _ => Err(InvalidCurrency(code.to_owned())),
        }
    }
}

impl fmt::Display for Currency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}

impl Serialize for Currency {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.code())
    }
}

impl<'de> Deserialize<'de> for Currency {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
    }
}

#[cfg(feature = "openapi")]
impl utoipa::__dev::ComposeSchema for Currency {
    fn compose(
        _: Vec<utoipa::openapi::RefOr<utoipa::openapi::schema::Schema>>,
    ) -> utoipa::openapi::RefOr<utoipa::openapi::schema::Schema> {
        utoipa::openapi::ObjectBuilder::new()
            .schema_type(utoipa::openapi::schema::Type::String)
            .pattern(Some("^[A-Z]{3}$"))
            .description(Some("ISO 4217 currency code"))
            .into()
    }
}

#[cfg(feature = "openapi")]
impl utoipa::ToSchema for Currency {}

/// Text that is no currency code.
#[derive(Debug, thiserror::Error)]
#[error("\"{0}\" is not a currency; ISO 4217 codes are three capital letters such as EUR")]
pub struct InvalidCurrency(pub String);

/// An amount of one currency in its minor unit (cents).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Money {
    pub amount_minor: i64,
    pub currency: Currency,
}

/// Two amounts that cannot be added.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
pub enum MoneyError {
    #[error("{0} and {1} cannot be added; an order has one currency")]
    Mixed(Currency, Currency),
    #[error("the amount is too large")]
    Overflow,
}

impl Money {
    pub const fn new(amount_minor: i64, currency: Currency) -> Self {
        Self { amount_minor, currency }
    }

    pub const fn zero(currency: Currency) -> Self {
        Self::new(0, currency)
    }

    /// # Errors
    /// [`MoneyError::Mixed`] for two currencies, [`MoneyError::Overflow`] beyond `i64`.
    pub fn checked_add(self, other: Self) -> Result<Self, MoneyError> {
        if self.currency != other.currency {
            return Err(MoneyError::Mixed(self.currency, other.currency));
        }
        let amount_minor = self.amount_minor.checked_add(other.amount_minor).ok_or(MoneyError::Overflow)?;
        Ok(Self { amount_minor, ..self })
    }

    /// The tax contained in a gross amount at `rate_basis_points` (1000 is 10 %), rounded half up
    /// to the minor unit. The one place where tax is rounded.
    pub fn tax_included(self, rate_basis_points: u32) -> Self {
        let rate = i128::from(rate_basis_points);
        let gross = i128::from(self.amount_minor);
        let divisor = 10_000 + rate;
        let tax = (2 * gross * rate + divisor).div_euclid(2 * divisor);
        Self { amount_minor: i64::try_from(tax).expect("a part of an i64 fits an i64"), ..self }
    }

    /// As people of that language write it: `€ 48.00`, `48,00 €`. Spaces do not break.
    pub fn format(self, language: Language) -> String {
        let digits = self.currency.minor_digits();
        let base = 10_u64.pow(digits);
        let absolute = self.amount_minor.unsigned_abs();
        let (point, group) = match language {
            Language::En => ('.', ','),
            Language::Es => (',', '.'),
        };
        let mut number = group_thousands(absolute / base, group);
        if digits > 0 {
            number.push(point);
            number.push_str(&format!("{:0width$}", absolute % base, width = digits as usize));
        }
        let minus = if self.amount_minor < 0 { "−" } else { "" };
        let sign = self.currency.sign();
        match language {
            Language::En => format!("{minus}{sign}\u{a0}{number}"),
            Language::Es => format!("{minus}{number}\u{a0}{sign}"),
        }
    }
}

fn group_thousands(number: u64, separator: char) -> String {
    let digits = number.to_string();
    let mut grouped = String::with_capacity(digits.len() + digits.len() / 3);
    for (position, digit) in digits.chars().enumerate() {
        if position > 0 && (digits.len() - position).is_multiple_of(3) {
            grouped.push(separator);
        }
        grouped.push(digit);
    }
    grouped
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn money_is_written_as_each_language_writes_it() {
        let price = Money::new(123_450, Currency::EUR);
        assert_eq!(price.format(Language::En), "€\u{a0}1,234.50");
        assert_eq!(price.format(Language::Es), "1.234,50\u{a0}€");
        let yen = Money::new(-900, "JPY".parse().unwrap());
        assert_eq!(yen.format(Language::En), "−¥\u{a0}900");
    }

    #[test]
    fn contained_tax_is_rounded_half_up_to_the_cent() {
        // 93.00 at 10 % holds 8.4545… of tax.
        assert_eq!(Money::new(9_300, Currency::EUR).tax_included(1_000).amount_minor, 845);
        assert_eq!(Money::new(0, Currency::EUR).tax_included(2_100).amount_minor, 0);
    }

    #[test]
    fn two_currencies_are_never_added() {
        let usd: Currency = "USD".parse().unwrap();
        let mixed = Money::new(1, Currency::EUR).checked_add(Money::new(1, usd));
        assert_eq!(mixed, Err(MoneyError::Mixed(Currency::EUR, usd)));
    }
}
