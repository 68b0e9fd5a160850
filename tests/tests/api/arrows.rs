//! The arrows between the components: http → coordinator → components → data, and nothing points back; nor do files name
//! each other in circles; and the coordinator's handles are where one looks for them.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::{Path, PathBuf},
};
use syn::{
    Ident, ItemImpl, ItemMod, ItemUse, Type, UseTree,
    visit::{self, Visit},
};

const COMPONENTS: [&str; 5] = ["events", "reservations", "commerce", "auth", "delivery"];

/// Who may not name whom, with the reason people read when the test fails.
fn forbidden(folder: &str) -> Vec<(&'static str, &'static str)> {
    let mut rules = Vec::new();
    if folder != "data" {
        rules.push(("sqlx", "only data names sqlx"));
    }
    if folder != "http" {
        rules.push(("axum", "only http names axum"));
    }
    if folder == "http" {
        rules.push(("crate::data", "http never calls data"));
    }
    if folder == "data" {
        for component in ["crate::events", "crate::reservations", "crate::commerce", "crate::auth", "crate::delivery"] {
            rules.push((component, "data never calls a component"));
        }
    }
    if folder == "events" {
        rules.push(("crate::reservations", "Event Management does not read Reservation Management"));
    }
    if folder == "data" || folder == "coordinator" || COMPONENTS.contains(&folder) {
        rules.push(("crate::http", "nothing points back to http"));
    }
    if folder == "data" || COMPONENTS.contains(&folder) {
        rules.push(("crate::coordinator", "nothing points back to the coordinator"));
    }
    rules
}

fn rust_files(folder: &Path, files: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap().flatten() {
        let path = entry.path();
        if path.is_dir() {
            rust_files(&path, files);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            files.push(path);
        }
    }
}

/// Lines of code that name something this folder may not name. Comments may.
fn broken_arrows(folder: &str, file: &str, text: &str) -> Vec<String> {
    let rules = forbidden(folder);
    let mut broken = Vec::new();
    for (line, no) in text.lines().zip(1..) {
        let code = line.split("//").next().unwrap_or("");
        let names = |what: &str| {
            code.match_indices(what).any(|(at, _)| {
                let before = code[..at].chars().next_back().is_none_or(|c| !c.is_alphanumeric() && c != '_');
                let after = code[at + what.len()..].chars().next().is_none_or(|c| !c.is_alphanumeric() && c != '_');
                before && after
            })
        };
        broken.extend(
            rules.iter().filter(|(what, _)| names(what)).map(|(_, why)| format!("{file}:{no}: {why}: {}", line.trim())),
        );
    }
    broken
}

#[test]
fn the_arrows_of_the_architecture_hold() {
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("../server/src");
    let mut files = Vec::new();
    rust_files(&source, &mut files);
    assert!(files.len() > 60, "the server's source is there");
    let mut broken = Vec::new();
    for file in files {
        let name = file.strip_prefix(&source).unwrap();
        let folder = name.iter().next().unwrap().to_string_lossy().trim_end_matches(".rs").to_owned();
        broken.extend(broken_arrows(&folder, &name.display().to_string(), &fs::read_to_string(&file).unwrap()));
    }
    assert!(broken.is_empty(), "{}", broken.join("\n"));
}

/// Who writes which rows, besides the file that defines how: what is called, and by whom.
const WRITERS: [(&str, &[&str]); 6] = [
    // What is installed before its sale opens is written past the desks.
    ("write_claims", &["coordinator/seats/desk_task.rs", "reservations/seats/claim_rows.rs"]),
    ("claim_places", &["demo/install.rs"]),
    // Clears whom free places were held by, which no decision reads any more.
    ("forget_holders", &["coordinator/background/housekeeping.rs"]),
    ("upsert_claims", &["reservations/orders/loading.rs", "reservations/seats/claim_rows.rs"]),
    ("upsert_orders", &["reservations/orders/loading.rs"]),
    ("insert_tickets", &["reservations/orders/loading.rs"]),
];

#[test]
fn claims_have_two_writers_and_orders_one() {
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("../server/src");
    let mut files = Vec::new();
    rust_files(&source, &mut files);
    let mut found: BTreeMap<&str, BTreeSet<String>> = BTreeMap::new();
    for file in files {
        let text = fs::read_to_string(&file).unwrap();
        let name = file.strip_prefix(&source).unwrap().display().to_string();
        let names = |what: &str| text.lines().any(|line| is_called(line, what));
        for (what, _) in WRITERS.iter().filter(|(what, _)| names(what)) {
            found.entry(what).or_default().insert(name.clone());
        }
    }
    for (what, callers) in WRITERS {
        assert_eq!(found[what], callers.iter().map(|file| (*file).to_owned()).collect(), "who calls {what}");
    }
}

#[test]
fn whatever_changes_an_order_is_a_statement_of_its_own_folder() {
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("../server/src");
    let mut files = Vec::new();
    rust_files(&source, &mut files);
    let changes = |text: &str| {
        let words: Vec<&str> =
            text.split(|c: char| c.is_whitespace() || c == '"').filter(|word| !word.is_empty()).collect();
        let tables = ["customer_order", "order_line", "payment", "ticket"];
        let writes = words.windows(2).any(|pair| tables.contains(&pair[1]) && ["update", "into"].contains(&pair[0]));
        writes || words.windows(3).any(|three| tables.contains(&three[2]) && three[..2] == ["delete", "from"])
    };
    let found = files.iter().filter(|file| changes(&fs::read_to_string(file).unwrap()));
    let found: Vec<_> = found.map(|file| file.strip_prefix(&source).unwrap().display().to_string()).collect();
    assert!(found.iter().any(|file| file == "data/orders/order_rows.rs"), "{found:?}");
    assert!(found.iter().all(|file| file.starts_with("data/orders/")), "{found:?}");
}

/// Whether a line of code calls a function, rather than defines or imports it.
fn is_called(line: &str, what: &str) -> bool {
    let code = line.split("//").next().unwrap_or("");
    let call = format!("{what}(");
    code.match_indices(&call).any(|(at, _)| {
        let before = &code[..at];
        !before.ends_with("fn ") && !before.ends_with(|c: char| c.is_alphanumeric() || c == '_')
    })
}

#[test]
fn an_arrow_that_points_back_is_noticed() {
    for (folder, line) in [
        ("http", "use crate::data::Database;"),
        ("data", "    crate::reservations::cart::PricedPerformances::new();"),
        ("coordinator", "let row = sqlx::query(\"select 1\");"),
        ("events", "use axum::Json;"),
        ("events", "use crate::reservations::cart;"),
        ("reservations", "use crate::coordinator::Coordinator;"),
        ("app", "use sqlx::Row;"),
    ] {
        assert_eq!(broken_arrows(folder, "x.rs", line).len(), 1, "{folder}: {line}");
    }
    assert_eq!(broken_arrows("http", "x.rs", "// only data names sqlx, crate::data"), Vec::<String>::new());
}

/// The modules of a crate by their paths, with their files.
fn modules_of(source: &Path) -> BTreeMap<ModulePath, PathBuf> {
    let mut files = Vec::new();
    rust_files(source, &mut files);
    let module = |file: &PathBuf| {
        let mut names: ModulePath = file
            .strip_prefix(source)
            .unwrap()
            .with_extension("")
            .iter()
            .map(|name| name.to_string_lossy().into())
            .collect();
        if names.last().is_some_and(|name| ["mod", "lib", "main"].contains(&name.as_str())) {
            names.pop();
        }
        names
    };
    files.into_iter().map(|file| (module(&file), file)).collect()
}

type ModulePath = Vec<String>;

/// What a file names of its crate, outside of its tests.
struct Named {
    module: ModulePath,
    paths: BTreeSet<ModulePath>,
}

impl Named {
    /// The path from the root of the crate; `None` for other crates.
    fn add(&mut self, path: &[String]) {
        let mut absolute = match path.first().map(String::as_str) {
            Some("crate") => Vec::new(),
            Some("self") => self.module.clone(),
            Some("super") => self.module[..self.module.len().saturating_sub(1)].to_vec(),
            _ => return,
        };
        for name in &path[1..] {
            if name == "super" {
                absolute.pop();
            } else {
                absolute.push(name.clone());
            }
        }
        self.paths.insert(absolute);
    }

    fn add_tree(&mut self, before: &[String], tree: &UseTree) {
        let with = |name: &Ident| [before, &[name.to_string()]].concat();
        match tree {
            UseTree::Path(path) => self.add_tree(&with(&path.ident), &path.tree),
            UseTree::Name(name) if name.ident == "self" => self.add(before),
            UseTree::Name(name) => self.add(&with(&name.ident)),
            UseTree::Rename(rename) => self.add(&with(&rename.ident)),
            UseTree::Glob(_) => self.add(before),
            UseTree::Group(group) => group.items.iter().for_each(|item| self.add_tree(before, item)),
        }
    }
}

impl<'ast> Visit<'ast> for Named {
    fn visit_item_use(&mut self, item: &'ast ItemUse) {
        self.add_tree(&[], &item.tree);
    }

    fn visit_path(&mut self, path: &'ast syn::Path) {
        self.add(&path.segments.iter().map(|segment| segment.ident.to_string()).collect::<Vec<_>>());
        visit::visit_path(self, path);
    }

    fn visit_item_mod(&mut self, item: &'ast ItemMod) {
        let is_for_tests = item.attrs.iter().any(|attribute| attribute.path().is_ident("cfg"));
        if !is_for_tests {
            self.module.push(item.ident.to_string());
            visit::visit_item_mod(self, item);
            self.module.pop();
        }
    }
}

/// Which modules each module names. A folder's own file and what lies in the folder may name each other.
fn arrows_of(source: &Path) -> BTreeMap<ModulePath, BTreeSet<ModulePath>> {
    let modules = modules_of(source);
    let arrows = |(module, file): (&ModulePath, &PathBuf)| {
        let mut named = Named { module: module.clone(), paths: BTreeSet::new() };
        named.visit_file(&syn::parse_file(&fs::read_to_string(file).unwrap()).unwrap());
        let module_of = |path: ModulePath| {
            (0..=path.len()).rev().map(|n| path[..n].to_vec()).find(|path| modules.contains_key(path))
        };
        let is_kin = |other: &ModulePath| other.starts_with(module) || module.starts_with(other);
        (module.clone(), named.paths.into_iter().filter_map(module_of).filter(|other| !is_kin(other)).collect())
    };
    modules.iter().map(arrows).collect()
}

/// What is left of the arrows when those are taken away that cannot be part of a circle.
fn circles(mut arrows: BTreeMap<ModulePath, BTreeSet<ModulePath>>) -> Vec<String> {
    loop {
        let named: BTreeSet<ModulePath> = arrows.values().flatten().cloned().collect();
        let before: usize = arrows.values().map(BTreeSet::len).sum();
        arrows.retain(|module, _| named.contains(module));
        let left: BTreeSet<ModulePath> =
            arrows.iter().filter(|(_, to)| !to.is_empty()).map(|(from, _)| from.clone()).collect();
        for to in arrows.values_mut() {
            to.retain(|module| left.contains(module));
        }
        if arrows.values().map(BTreeSet::len).sum::<usize>() == before {
            break;
        }
    }
    let line = |from: &ModulePath, to: &ModulePath| format!("{} → {}", from.join("::"), to.join("::"));
    arrows.iter().flat_map(|(from, to)| to.iter().map(move |to| line(from, to))).collect()
}

#[test]
fn no_files_name_each_other_in_a_circle() {
    for package in ["server", "shared-model", "client-core", "client-ui"] {
        let arrows = arrows_of(&Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("../{package}/src")));
        assert!(arrows.values().any(|to| !to.is_empty()), "the arrows of {package} are found");
        let circles = circles(arrows);
        assert!(circles.is_empty(), "{package}:\n{}", circles.join("\n"));
    }
}

#[test]
fn a_circle_is_noticed() {
    let names = |name: &str, to: &[&str]| {
        (vec![name.to_owned()], to.iter().map(|to| vec![(*to).to_owned()]).collect::<BTreeSet<_>>())
    };
    let straight = BTreeMap::from([names("a", &["b", "c"]), names("b", &["c"]), names("c", &[])]);
    assert_eq!(circles(straight.clone()), Vec::<String>::new());
    let mut bent = straight;
    bent.extend([names("c", &["d"]), names("d", &["b"])]);
    assert_eq!(circles(bent), ["b → c", "c → d", "d → b"]);
}

/// The coordinator's handles: where each has its methods, below `coordinator`, and whom it may call.
const HANDLES: [(&str, &str, &[&str]); 8] = [
    ("Coordinator", "mod.rs", &[]),
    ("Catalogue", "catalogue.rs", &[]),
    ("Seats", "seats", &["catalogue"]),
    ("Orders", "orders", &["seats"]),
    ("Accounts", "accounts", &["orders", "staff"]),
    ("Staff", "staff", &["accounts"]),
    ("Outbox", "outbox", &["catalogue", "orders"]),
    ("Background", "background", &["catalogue", "seats", "orders", "outbox"]),
];

/// The types that a file gives methods to.
struct Extended(Vec<String>);

impl<'ast> Visit<'ast> for Extended {
    fn visit_item_impl(&mut self, item: &'ast ItemImpl) {
        if let Type::Path(of) = &*item.self_ty {
            self.0.extend(of.path.segments.last().map(|segment| segment.ident.to_string()));
        }
        visit::visit_item_impl(self, item);
    }
}

/// Handles with methods outside of their places, and calls of handles that may not be called from here.
fn misplaced(file: &str, text: &str) -> Vec<String> {
    let mut extended = Extended(Vec::new());
    extended.visit_file(&syn::parse_file(text).unwrap());
    let code: String =
        text.lines().filter_map(|line| line.split("//").next()).flat_map(str::split_whitespace).collect();
    let is_at = |place: &str| Path::new(file).starts_with(place);
    let home = HANDLES.iter().find(|(_, place, _)| is_at(place));
    let mut found = Vec::new();
    for (name, place, _) in HANDLES {
        if !is_at(place) && extended.0.iter().any(|of| of == name) {
            found.push(format!("{file}: the methods of {name} stand in coordinator/{place}"));
        }
        let accessor = place.trim_end_matches(".rs");
        let calls = code.contains(&format!("coordinator.{accessor}()"));
        if calls && !is_at(place) && home.is_some_and(|(_, _, may_call)| !may_call.contains(&accessor)) {
            found.push(format!("{file}: {} may not call {name}", home.map_or("", |(name, _, _)| name)));
        }
    }
    found
}

#[test]
fn the_coordinators_handles_have_their_methods_in_their_folders_and_call_whom_they_may() {
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("../server/src/coordinator");
    let mut files = Vec::new();
    rust_files(&source, &mut files);
    assert!(HANDLES.iter().all(|(_, place, _)| source.join(place).exists()), "every handle has its place");
    let found: Vec<String> = files
        .iter()
        .flat_map(|file| {
            let name = file.strip_prefix(&source).unwrap().display().to_string();
            misplaced(&name, &fs::read_to_string(file).unwrap())
        })
        .collect();
    assert!(found.is_empty(), "{}", found.join("\n"));
}

#[test]
fn a_method_of_a_handle_in_another_folder_and_a_call_that_points_back_are_noticed() {
    for (file, text) in [
        ("seats/hold.rs", "impl Coordinator {}"),
        ("readiness.rs", "impl Coordinator {}"),
        ("outbox/order_mail.rs", "impl<'c> Orders<'c> {}"),
        ("seats/hold.rs", "fn hold() { self.coordinator.orders().step(); }"),
        ("orders/cards.rs", "fn keep() {\n    self.coordinator\n        .outbox()\n        .empty()\n}"),
    ] {
        assert_eq!(misplaced(file, text).len(), 1, "{file}: {text}");
    }
    let own = "impl Orders<'_> { fn list() { self.coordinator.seats().load_cart(); } } // coordinator.outbox()";
    assert_eq!(misplaced("orders/checkout.rs", own), Vec::<String>::new());
}
