//! Safeguards that a test's negative control switches off, to check that the test fails without them.

/// Always on otherwise.
#[derive(Debug, Clone, Copy)]
pub struct Safeguards {
    /// Catch up with what other nodes wrote before deciding.
    pub catch_up: bool,
    /// Let rows refuse a writer who looked too early.
    pub row_guard: bool,
    /// Use up a code's try before anybody knows whether it was right.
    pub tries_first: bool,
    /// Let idle connections give way when all places are taken.
    pub evict_idle: bool,
    /// Lock a team, and ask again whether the one who acts may, before it is changed.
    pub team_lock: bool,
    /// Look whose a payment id is before a step takes it; the row's own condition stays.
    pub payment_owners: bool,
    /// Count what is held from one network.
    pub held_budget: bool,
    /// Count a customer's seats over all sessions, not in its cart alone.
    pub customers: bool,
    /// Give each network no more than its share of the passwords' queues.
    pub queue_shares: bool,
    /// Count frames of live charts before they are put together.
    pub frames: bool,
}

impl Safeguards {
    pub const ALL: Self = Self {
        catch_up: true,
        row_guard: true,
        tries_first: true,
        evict_idle: true,
        team_lock: true,
        payment_owners: true,
        held_budget: true,
        customers: true,
        queue_shares: true,
        frames: true,
    };
}

impl Default for Safeguards {
    fn default() -> Self {
        Self::ALL
    }
}
