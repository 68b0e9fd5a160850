//! Commerce Interface: payment gateways and payments.
