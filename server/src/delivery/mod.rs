//! Delivery: what leaves the house (mail, letters) and the documents it carries.
