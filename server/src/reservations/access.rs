//! Whose an order is: the one place that says so. `data::orders::list_orders_of` asks the database the same.

use super::orders::OrderRow;
use shared_model::{AccountId, CartId};

/// Somebody with a cart, signed in or not; and whose order it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Owner {
    pub cart_id: CartId,
    pub account_id: Option<AccountId>,
}

impl Owner {
    /// An order with an account belongs to that account alone, wherever it was bought; one without belongs to its
    /// cart.
    pub fn owns(self, order: Self) -> bool {
        match order.account_id {
            Some(account_id) => self.account_id == Some(account_id),
            None => self.cart_id == order.cart_id,
        }
    }
}

impl OrderRow {
    pub fn owner(&self) -> Owner {
        Owner { cart_id: CartId(self.cart_id), account_id: self.account_id.map(AccountId) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_order_belongs_to_its_account_alone_or_else_to_its_cart() {
        let (ana, ben) = (AccountId::new(), AccountId::new());
        let (hers, his) = (CartId::new(), CartId::new());
        let somebody = |cart_id, account_id| Owner { cart_id, account_id };
        let guests_order = somebody(hers, None);
        assert!(somebody(hers, None).owns(guests_order));
        assert!(somebody(hers, Some(ana)).owns(guests_order), "she signed in since");
        assert!(!somebody(his, Some(ana)).owns(guests_order));
        let her_order = somebody(hers, Some(ana));
        assert!(somebody(his, Some(ana)).owns(her_order), "from another device");
        assert!(!somebody(hers, None).owns(her_order), "she signed out");
        assert!(!somebody(hers, Some(ben)).owns(her_order), "another account on the same device");
    }
}
