//! What a person finds in her mailbox and on her phone, out of the folders a server without providers writes to.

use crate::process::wait_until;
use std::{fs, path::Path};

/// Every mail, in the order in which they were asked for.
pub fn mails(data_folder: &Path) -> Vec<String> {
    files(data_folder, "mail", "eml")
}

/// Every text message as it lies in the folder: `{"to":…,"text":…}`.
pub fn texts(data_folder: &Path) -> Vec<String> {
    files(data_folder, "sms", "json")
}

/// Waits for a text message to this phone beyond the `seen` ones and reads the code in it.
pub async fn code_by_sms(data_folder: &Path, phone: &str, seen: usize) -> String {
    wait_for_code(&format!("a code for {phone}"), seen, || {
        texts(data_folder).into_iter().filter(|text| text.contains(phone)).collect()
    })
    .await
}

/// Waits for a code mailed to this address beyond the `seen` ones.
pub async fn code_by_mail(data_folder: &Path, email: &str, seen: usize) -> String {
    wait_for_code(&format!("a code for {email}"), seen, || code_mails_to(data_folder, email)).await
}

/// The mails to an address that bring a code.
pub fn code_mails_to(data_folder: &Path, email: &str) -> Vec<String> {
    mails_to(data_folder, email).into_iter().filter(|mail| grouped_code(mail).is_some()).collect()
}

/// The mails to an address.
pub fn mails_to(data_folder: &Path, email: &str) -> Vec<String> {
    let addressed = |mail: &String| mail.lines().any(|line| line.starts_with("To: ") && line.contains(email));
    mails(data_folder).into_iter().filter(addressed).collect()
}

async fn wait_for_code(what: &str, seen: usize, list: impl Fn() -> Vec<String>) -> String {
    wait_until(what, async || list().len() > seen).await;
    let message = list().pop().expect("it was just counted");
    find_code(&message).unwrap_or_else(|| panic!("there is no code in {message}"))
}

/// Six digits, alone or in two groups of three on a line of their own.
pub fn find_code(message: &str) -> Option<String> {
    let alone = || message.split(|c: char| !c.is_ascii_digit()).find(|word| word.len() == 6).map(str::to_owned);
    grouped_code(message).or_else(alone)
}

fn grouped_code(message: &str) -> Option<String> {
    let grouped = message.lines().map(str::trim).find(|line| {
        line.len() == 7 && line.as_bytes()[3] == b' ' && line.bytes().filter(u8::is_ascii_digit).count() == 6
    });
    grouped.map(|line| line.replace(' ', ""))
}

fn files(data_folder: &Path, folder: &str, kind: &str) -> Vec<String> {
    let listed = fs::read_dir(data_folder.join(folder)).into_iter().flatten().flatten();
    let mut paths = listed.map(|file| file.path()).collect::<Vec<_>>();
    // Names are UUIDv7: their order is that of the wishes.
    paths.sort();
    let wanted = paths.into_iter().filter(|path| path.extension().is_some_and(|extension| extension == kind));
    wanted.filter_map(|path| fs::read_to_string(path).ok()).collect()
}
