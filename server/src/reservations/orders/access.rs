//! Who owns an order: the one rule. `data::orders::list_orders_of` is the same rule as SQL.

use crate::data::orders::order_rows::OrderRow;
use shared_model::{AccountId, CartId};

/// Somebody with a cart, signed in or not.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Claimant {
    pub cart_id: CartId,
    pub account_id: Option<AccountId>,
}

/// Whose an order is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Owner {
    pub cart_id: CartId,
    pub account_id: Option<AccountId>,
    /// It was a guest's before it joined the account that confirmed its address.
    pub has_joined: bool,
}

impl Owner {
    /// An order with an account belongs to it, wherever it was bought. A guest's order belongs to its cart, and stays
    /// open to that cart's guest when it joins an account: the guest may still have its page open.
    pub fn is(self, claimant: Claimant) -> bool {
        let by_account = self.account_id.is_some() && self.account_id == claimant.account_id;
        let is_open = self.account_id.is_none() || (self.has_joined && claimant.account_id.is_none());
        by_account || (is_open && self.cart_id == claimant.cart_id)
    }
}

impl OrderRow {
    /// Who places it.
    pub fn claimant(&self) -> Claimant {
        Claimant { cart_id: CartId(self.cart_id), account_id: self.account_id.map(AccountId) }
    }

    pub fn owner(&self) -> Owner {
        Owner {
            cart_id: CartId(self.cart_id),
            account_id: self.account_id.map(AccountId),
            has_joined: self.joined_at.is_some(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_order_belongs_to_its_account_or_else_to_its_cart() {
        let (ana, ben) = (AccountId::new(), AccountId::new());
        let (hers, his) = (CartId::new(), CartId::new());
        let somebody = |cart_id, account_id| Claimant { cart_id, account_id };
        let of = |account_id, has_joined| Owner { cart_id: hers, account_id, has_joined };
        let guests_order = of(None, false);
        assert!(guests_order.is(somebody(hers, None)));
        assert!(guests_order.is(somebody(hers, Some(ana))), "she signed in since");
        assert!(!guests_order.is(somebody(his, Some(ana))));
        let her_order = of(Some(ana), false);
        assert!(her_order.is(somebody(his, Some(ana))), "from another device");
        assert!(!her_order.is(somebody(hers, None)), "she signed out");
        assert!(!her_order.is(somebody(hers, Some(ben))), "another account on the same device");
        let joined = of(Some(ana), true);
        assert!(joined.is(somebody(his, Some(ana))) && joined.is(somebody(hers, None)));
        assert!(!joined.is(somebody(his, None)) && !joined.is(somebody(his, Some(ben))));
        assert!(!joined.is(somebody(hers, Some(ben))), "who signed in there is not the guest");
    }
}
