//! Web Templates: the pages customers see.
