//! Values with rules of their own that the trade's types are made of: ids, moments, money, languages, and strings that
//! are parsed once. They know nothing of what they are used for.

pub mod ids;
pub mod language;
pub mod money;
pub mod plain_words;
pub mod text;
pub mod time;
pub mod word;
