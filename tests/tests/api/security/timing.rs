//! Nobody can tell by the clock who has an account. At every door that takes an address, an account's own and nobody's
//! are asked for in turn, now one first, now the other; were there a difference, one of the two would be the slower one
//! nearly always. What else the machine does hits both alike, so a busy one makes no difference.

use serde_json::{Value, json};
use shared_model::account::{CodeSent, SignUp};
use std::time::{Duration, Instant};
use ticketboss_tests::{
    account_holder::{AccountHolder, PASSWORD, sign_in, wish},
    app::TestApp,
    buyer::Buyer,
    on_both_engines,
};

const INES: &str = "ines@example.com";
const MINUTE: Duration = Duration::from_secs(60);
const PAIRS: usize = 48;
/// In how many of the pairs the account's own answer may be the slower one. By chance alone less than once in ten
/// thousand runs it is outside (binomial, 48 tosses).
const BOUND: std::ops::RangeInclusive<usize> = 11..=37;

/// What a door took for the account's address and for nobody's, pair by pair.
struct Timed {
    door: &'static str,
    pairs: Vec<(Duration, Duration)>,
}

impl Timed {
    fn slower(&self) -> usize {
        self.pairs.iter().filter(|(known, unknown)| known > unknown).count()
    }

    /// Prints the quartiles of both and holds the pairs against the bound.
    fn judge(&self) {
        let quartiles = |which: fn(&(Duration, Duration)) -> Duration| {
            let mut times: Vec<Duration> = self.pairs.iter().map(which).collect();
            times.sort();
            [1, 2, 3].map(|quarter| format!("{:>7.2}", times[quarter * times.len() / 4].as_secs_f64() * 1e3)).join(" ")
        };
        let (known, unknown) = (quartiles(|pair| pair.0), quartiles(|pair| pair.1));
        println!("{:<16} account {known} ms, nobody {unknown} ms, slower {}/{PAIRS}", self.door, self.slower());
        assert!(BOUND.contains(&self.slower()), "{}: the clock tells: {} of {PAIRS}", self.door, self.slower());
    }
}

/// Takes both in turn, the first and the second changing places.
async fn compare(
    door: &'static str,
    app: &TestApp,
    pause: Duration,
    mut ask: impl AsyncFnMut(bool, usize) -> Duration,
) -> Timed {
    let mut pairs = Vec::new();
    // The first pair warms up what is read for the first time.
    for turn in 0..=PAIRS {
        app.wait(pause);
        let known_first = turn % 2 == 0;
        let (first, second) = (ask(known_first, turn).await, ask(!known_first, turn).await);
        if turn > 0 {
            pairs.push(if known_first { (first, second) } else { (second, first) });
        }
    }
    Timed { door, pairs }
}

fn address(known: bool, turn: usize) -> String {
    if known { INES.to_owned() } else { format!("nobody{turn:02}@example.com") }
}

async fn timed<T>(asked: impl Future<Output = T>) -> Duration {
    let begun = Instant::now();
    asked.await;
    begun.elapsed()
}

on_both_engines! {
    async fn the_clock_does_not_tell_who_has_an_account(app) {
        AccountHolder::sign_up(&app, INES).await;
        let guest = app.buyer().await;
        // Past every limit each time.
        let hour = 61 * MINUTE;
        let sign_ins = compare("sign-ins", &app, hour, async |known, turn| {
            let email = address(known, turn);
            timed(async { sign_in(&guest, &email, "never the right one").await.unwrap_err() }).await
        });
        sign_ins.await.judge();
        let resets = compare("password-resets", &app, hour, async |known, turn| {
            let body = json!({ "email": address(known, turn) });
            timed(async { guest.post::<CodeSent>("/password-resets", &body).await.unwrap() }).await
        });
        resets.await.judge();
        let sign_ups = compare("sign-ups", &app, hour, async |known, turn| {
            let body = wish(&address(known, turn));
            timed(async { guest.post::<SignUp>("/sign-ups", &body).await.unwrap() }).await
        });
        sign_ups.await.judge();
        AccountHolder::sign_up(&app, "ben@example.com").await;
        let mut eve = AccountHolder::sign_up(&app, "eve@example.com").await;
        let changes = compare("e-mail changes", &app, 21 * MINUTE, async |known, turn| {
            // Her proof lasts ten minutes.
            eve.prove().await;
            let email = if known { "ben@example.com".to_owned() } else { address(false, turn) };
            let body = json!({ "email": email });
            timed(async { eve.app.post::<CodeSent>("/account/email", &body).await.unwrap() }).await
        });
        changes.await.judge();
    }

    async fn the_control_what_does_no_work_is_told_from_what_does(app) {
        AccountHolder::sign_up(&app, INES).await;
        let guest: Buyer = app.buyer().await;
        let control = compare("control", &app, 61 * MINUTE, async |known, _| {
            let email = if known { INES } else { "no address" };
            timed(async { guest.post::<Value>("/sign-ins", &json!({ "email": email, "password": PASSWORD.replace('f', "g") })).await }).await
        });
        let control = control.await;
        assert!(!BOUND.contains(&control.slower()), "{} of {PAIRS}", control.slower());
    }
}
