//! What short text that strangers type may say where others read it (names above all): visible characters, and nothing
//! that a mail client or a browser turns into a link. Pure; [`super::text`] parses by it.

/// Digits of a name at most: more are a telephone number, which phones offer to call.
pub const DIGITS_MAX: usize = 6;

/// Why text is not plain.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unfit {
    /// It holds control characters, or characters that nobody sees or that turn the direction of what follows.
    Invisible,
    /// It holds an address, or what is read as one.
    Link,
}

/// Whether the text is plain words.
///
/// # Errors
/// [`Unfit`].
pub fn check(text: &str) -> Result<(), Unfit> {
    check_with(text, is_top_level)
}

/// The same for lines of postal addresses, where people leave out the blank after an abbreviation ("Avda.Diagonal").
///
/// # Errors
/// [`Unfit`].
pub fn check_postal(text: &str) -> Result<(), Unfit> {
    const COMMON: [&str; 12] =
        ["com", "net", "org", "info", "biz", "xyz", "top", "app", "dev", "shop", "online", "site"];
    check_with(text, |label| {
        let small = label.to_lowercase();
        is_top_level(label) && (small == label || COMMON.contains(&small.as_str()))
    })
}

fn check_with(text: &str, ends_domain: impl Fn(&str) -> bool) -> Result<(), Unfit> {
    if invisible_positions(text).next().is_some() {
        Err(Unfit::Invisible)
    } else if has_link(text, ends_domain) {
        Err(Unfit::Link)
    } else {
        Ok(())
    }
}

/// Whether it has more digits than a name has.
pub fn has_phone_number(text: &str) -> bool {
    text.chars().filter(|c| c.is_numeric()).count() > DIGITS_MAX
}

/// Text of an older version as it may be shown: without what is invisible, and with blanks where a link would be read.
/// Empty when nothing is left.
pub fn cleaned(text: &str) -> String {
    let invisible: Vec<usize> = invisible_positions(text).collect();
    let visible = text.char_indices().map(|(at, c)| if invisible.contains(&at) { ' ' } else { c });
    let visible = one_blank_each(&visible.collect::<String>());
    if !has_link(&visible, is_top_level) {
        return visible;
    }
    let defused = visible.chars().map(|c| if matches!(as_ascii(c), '.' | ':' | '/' | '@') { ' ' } else { c });
    one_blank_each(&defused.collect::<String>())
}

/// Trimmed, with one blank for any white space between words.
pub fn one_blank_each(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Where characters stand that must not.
fn invisible_positions(text: &str) -> impl Iterator<Item = usize> {
    let mut before = None;
    let mut rest = text.char_indices().peekable();
    std::iter::from_fn(move || {
        loop {
            let (at, c) = rest.next()?;
            let after = rest.peek().map(|(_, c)| *c);
            let fits = match c {
                // Zero-width (non-)joiners belong to how some scripts are written, and to nothing else.
                '\u{200c}' | '\u{200d}' => before.is_some_and(joins) && after.is_some_and(joins),
                // Variants of the character before: of ideographs, and of Mongolian letters.
                '\u{fe00}'..='\u{fe0f}' | '\u{e0100}'..='\u{e01ef}' => before.is_some_and(is_ideograph),
                '\u{180b}'..='\u{180d}' => before.is_some_and(|c| matches!(c, '\u{1820}'..='\u{18aa}')),
                _ => !is_invisible(c),
            };
            before = Some(c);
            if !fits {
                return Some(at);
            }
        }
    })
}

/// Control characters, marks and overrides of direction, characters without width or ink, tags, and what has no meaning
/// that everybody shares (private use).
pub fn is_invisible(c: char) -> bool {
    matches!(c,
        '\0'..='\u{1f}' | '\u{7f}'..='\u{9f}' | '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}' | '\u{1160}'
        | '\u{17b4}' | '\u{17b5}' | '\u{180b}'..='\u{180f}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}'
        | '\u{2060}'..='\u{206f}' | '\u{2800}' | '\u{3164}' | '\u{e000}'..='\u{f8ff}' | '\u{fe00}'..='\u{fe0f}'
        | '\u{feff}' | '\u{ffa0}' | '\u{fff0}'..='\u{ffff}' | '\u{1bca0}'..='\u{1bca3}'
        | '\u{1d173}'..='\u{1d17a}' | '\u{e0000}'..='\u{10ffff}')
}

/// Letters and signs of scripts whose words have joiners: Arabic and Syriac, the Indic ones, Mongolian.
fn joins(c: char) -> bool {
    let script = matches!(c,
        '\u{620}'..='\u{6ff}' | '\u{700}'..='\u{77f}' | '\u{8a0}'..='\u{8ff}' | '\u{900}'..='\u{dff}'
        | '\u{1820}'..='\u{18aa}');
    script && !c.is_numeric() && !matches!(c, '\u{66a}'..='\u{66d}' | '\u{6d4}' | '\u{964}' | '\u{965}')
}

fn is_ideograph(c: char) -> bool {
    matches!(c, '\u{3400}'..='\u{9fff}' | '\u{f900}'..='\u{faff}' | '\u{20000}'..='\u{323af}')
}

/// As a reader of links takes it: full stops, colons and slashes of other scripts and widths are read as ours.
fn as_ascii(c: char) -> char {
    match c {
        '\u{3002}' | '\u{ff61}' | '\u{2024}' | '\u{fe52}' => '.',
        '\u{2044}' | '\u{2215}' => '/',
        '\u{fe55}' | '\u{a789}' | '\u{2236}' => ':',
        '\u{fe6b}' => '@',
        '\u{ff01}'..='\u{ff5e}' => char::from_u32(c as u32 - 0xfee0).unwrap_or(c),
        _ => c,
    }
}

/// Whether a mail client would make a link of some of it.
fn has_link(text: &str, ends_domain: impl Fn(&str) -> bool) -> bool {
    const SCHEMES: [&str; 9] = ["http", "https", "ftp", "mailto", "tel", "sms", "callto", "javascript", "data"];
    let read: String = text.chars().map(as_ascii).collect();
    let small = read.to_lowercase();
    let names_scheme = small.match_indices(':').any(|(at, _)| {
        let word = small[..at].rsplit(|c: char| !c.is_alphanumeric()).next().unwrap_or_default();
        SCHEMES.contains(&word) && small[at + 1..].chars().next().is_some_and(|c| !c.is_whitespace())
    });
    let mut words = read.split(|c: char| !(c.is_alphanumeric() || c == '-' || c == '.' || is_mark(c)));
    read.contains('@') || read.contains("//") || names_scheme || words.any(|word| is_host(word, &ends_domain))
}

/// Signs that are written around letters and are no letters themselves.
fn is_mark(c: char) -> bool {
    matches!(c, '\u{300}'..='\u{36f}' | '\u{900}'..='\u{dff}' | '\u{200c}' | '\u{200d}')
}

/// `example.com`, `www.x`, `192.0.2.7`. "Ph.D", "J.R.R" and "St." are none: nothing of two letters stands behind their
/// last full stop.
fn is_host(word: &str, ends_domain: &impl Fn(&str) -> bool) -> bool {
    let labels: Vec<&str> = word.split('.').collect();
    let digits = |label: &&str| !label.is_empty() && label.bytes().all(|b| b.is_ascii_digit());
    if labels.len() >= 4 && labels.windows(4).any(|four| four.iter().all(digits)) {
        return true;
    }
    labels.windows(2).any(|pair| {
        let [before, after] = pair else { return false };
        !before.is_empty()
            && (before.eq_ignore_ascii_case("www") && !after.is_empty()
                || ends_domain(after) && !is_initial(before, after))
    })
}

/// What a domain may end in.
fn is_top_level(label: &str) -> bool {
    let letters = label.chars().count() >= 2 && label.chars().all(|c| c.is_alphabetic() || is_mark(c));
    letters || label.get(..4).is_some_and(|start| start.eq_ignore_ascii_case("xn--"))
}

/// An initial before a name, written without a blank, as in \u{410}.\u{421}.\u{41f}\u{443}\u{448}\u{43a}\u{438}\u{43d}: no
/// domain in letters of other scripts than ours begins so. In ours `x.com` does.
fn is_initial(before: &str, after: &str) -> bool {
    let mut letters = after.chars();
    let named = letters.next().is_some_and(char::is_uppercase)
        && letters.clone().count() >= 2
        && letters.all(char::is_lowercase);
    !after.is_ascii() && named && before.chars().count() == 1 && before.chars().all(char::is_uppercase)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_people_and_venues_are_plain() {
        for good in [
            "O'Neill",
            "O\u{2019}Neill",
            "Dr. J. R. Smith Jr.",
            "J.R.R. Tolkien",
            "St. John",
            "Jane Doe, Ph.D.",
            "Núñez-García",
            "Gal\u{b7}la Placídia",
            "Ravi s/o Kumar",
            "Jennifer 8. Lee",
            "S:t Eriks Teater",
            "Teatro 1812",
            "Hotel: Annex",
            "محمد بن سلمان",
            "דוד בן־גוריון",
            "山田 太郎",
            "王小明",
            "김민준",
            "А.С.Пушкин",
            "Иванов И.И.",
            "सत्यजित राय",
            "می\u{200c}نا",
            "ක්\u{200d}රි",
            "葛\u{e0100}城",
            "Ωmega d.o.o.",
            "Łuczak & Söhne (Wien)",
        ] {
            assert_eq!(check(good), Ok(()), "{good}");
        }
    }

    #[test]
    fn what_becomes_a_link_is_none() {
        for bad in [
            "Your account is locked. Confirm at https://evil.example/x",
            "see www.evil.example",
            "WWW.x",
            "evil.com",
            "Evil.COM/path",
            "go to t.co now",
            "x.com",
            "eve@evil.example",
            "eve＠evil",
            "evil\u{3002}com",
            "ｅｖｉｌ．ｃｏｍ",
            "пример.рф",
            "例え.テスト",
            "evil.xn--p1ai",
            "tel:+34806123456",
            "mailto:eve",
            "//evil",
            "192.0.2.7",
            "https:\u{2215}\u{2215}evil",
            "javascript:alert",
            "sub.domain.evil.org is good",
            "John.Smith",
        ] {
            assert_eq!(check(bad), Err(Unfit::Link), "{bad}");
        }
        assert!(has_phone_number("call +34 806 123 456") && !has_phone_number("Teatro 1812"));
    }

    #[test]
    fn postal_addresses_have_abbreviations() {
        for good in
            ["Avda.Diagonal 12, 3.º 2.ª", "Pza.Mayor 1", "c/o Müller", "Flat 4B, St. Mary's Rd.", "12345 Main St."]
        {
            assert_eq!(check_postal(good), Ok(()), "{good}");
        }
        for bad in
            ["https://evil.example", "www.evil.example", "evil.com", "EVIL.COM", "eve@evil.example", "a\u{202e}b"]
        {
            assert!(check_postal(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn what_nobody_sees_is_none() {
        for bad in [
            "a\u{202e}b",
            "a\u{2066}b",
            "a\u{200b}b",
            "a\u{200d}b",
            "\u{200c}می",
            "می\u{200c}",
            "م\u{200c}\u{200c}ی",
            "a\u{feff}",
            "a\u{ad}b",
            "\u{3164}",
            "a\u{e0041}",
            "a\nb",
            "a\u{7f}",
            "a\u{fe0f}",
            "a\u{e000}",
            "a\u{200f}b",
            "a\u{2028}b",
        ] {
            assert_eq!(check(bad), Err(Unfit::Invisible), "{}", bad.escape_unicode());
        }
    }

    #[test]
    fn what_an_older_version_took_can_be_shown() {
        assert_eq!(cleaned("Confirm at https://evil.example/x"), "Confirm at https evil example x");
        assert_eq!(cleaned(" a\u{202e}b  c "), "a b c");
        assert_eq!(cleaned("St. John"), "St. John");
        assert_eq!(cleaned("\u{200b}"), "");
    }
}
