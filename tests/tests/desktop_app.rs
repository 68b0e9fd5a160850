//! The desktop app, end to end: a real window on a real (virtual) screen, seen and clicked through WebDriver.
//! Against the server itself, and against a double where the server has to go away or to say something rare.

use ticketboss_tests::{
    desktop::{Computer, Keyring},
    process::wait_until,
    server::Server,
    server_double::ServerDouble,
};

/// How many posters are on the screen.
const POSTERS_DRAWN: &str =
    "[...document.querySelectorAll('.poster img')].filter((img) => img.naturalWidth > 0).length";

#[tokio::test]
async fn the_window_lists_the_season_of_the_server_with_all_its_posters() {
    let server = Server::start();
    let computer = Computer::new(Keyring::Unlocked);
    let app = computer.start_app(server.url()).await;

    app.see(".card .name").await;
    assert!(app.texts(".card .name").await.contains(&"The Seagull".to_owned()));
    let missing = "[...document.querySelectorAll('.poster')].filter((poster) => !poster.querySelector('img')?.naturalWidth).length";
    wait_until("every poster is drawn", async || app.value(missing).await == 0).await;
    app.keep_picture("desktop-season.png").await;

    app.window.set_window_size(390, 844).await.unwrap();
    wait_until("the page is as wide as a phone", async || app.value("innerWidth <= 390").await == true).await;
    assert_eq!(app.value("document.documentElement.scrollWidth <= innerWidth").await, true, "nothing sticks out");
    app.keep_picture("phone-season.png").await;
    app.quit().await;
}

#[tokio::test]
async fn every_way_an_event_can_be_listed_is_shown_and_pages_turn() {
    let server = ServerDouble::start().await;
    let computer = Computer::new(Keyring::Unlocked);
    let app = computer.start_app(&server.url()).await;

    app.see(".card .name").await;
    assert_eq!(app.texts(".day-number").await, ["22", "27"]);
    assert_eq!(
        app.texts(".card .name").await,
        [
            "The Seagull",
            "Mahler 2",
            "Subterra",
            "A poster that never came",
            "Carmen",
            "Cello suites",
            "Peter and the Wolf",
            "Arches"
        ]
    );
    assert_eq!(app.texts(".card:first-child time").await[0], "19:30", "the venue's time");
    assert_eq!(app.texts(".strip").await, ["Cancelled", "Moved from Tue 26 Nov"]);
    assert_eq!(app.texts(".few-left").await, ["Last 14 seats", "Last 6 places"]);

    // Seven posters come through the shell, the eighth is not there and leaves the title in its place.
    wait_until("the posters are drawn", async || app.value(POSTERS_DRAWN).await == 7).await;
    wait_until("the missing one gives way", async || app.texts(".poster img").await.len() == 7).await;
    app.keep_picture("desktop-events.png").await;

    app.see(".pages button:last-child").await.click().await.unwrap();
    wait_until("the second page is there", async || app.texts(".card .name").await == ["Night Train"]).await;
    app.see(".pages button").await.click().await.unwrap();
    wait_until("the first page is back", async || app.texts(".card .name").await.len() == 8).await;
    app.quit().await;
}

#[tokio::test]
async fn the_list_stays_when_the_server_goes_away_and_heals_when_it_is_back() {
    let mut server = ServerDouble::start().await;
    let computer = Computer::new(Keyring::Absent);
    let app = computer.start_app(&server.url()).await;
    app.see(".card .name").await;
    wait_until("the posters are drawn", async || app.value(POSTERS_DRAWN).await == 7).await;
    app.quit().await;

    server.go_away().await;
    let app = computer.start_app(&server.url()).await;
    app.see(".banner").await;
    assert_eq!(app.texts(".card .name").await.len(), 8, "the list from before");
    wait_until("the kept posters are drawn", async || app.value(POSTERS_DRAWN).await == 7).await;
    assert!(app.texts(".as-of strong").await[0].starts_with("Events as of "));
    assert!(app.texts(".few-left").await.is_empty(), "an old count is no count");
    app.keep_picture("desktop-server-away.png").await;

    server.come_back().await;
    app.see(".banner-action").await.click().await.unwrap();
    wait_until("the banner goes", async || app.texts(".banner").await.is_empty()).await;
    assert_eq!(app.texts(".as-of").await, ["Back online. Everything is up to date."]);
    app.quit().await;
}

#[tokio::test]
async fn the_session_is_kept_in_the_keyring_and_without_one_the_app_says_so() {
    let server = ServerDouble::start().await;
    for (keyring, kept_in, sessions) in
        [(Keyring::Unlocked, "keyring", 1), (Keyring::Locked, "memory_only", 2), (Keyring::Absent, "memory_only", 2)]
    {
        let before = server.sessions_opened();
        let computer = Computer::new(keyring);
        for _start in 0..2 {
            let app = computer.start_app(&server.url()).await;
            app.see(".card .name").await;
            let keeping = app.value("window.__TAURI__.core.invoke('open_session')").await;
            assert_eq!(keeping, kept_in);
            if kept_in == "memory_only" {
                let said = app.see("footer").await.text().await.unwrap();
                assert!(said.starts_with("This device has no keyring"), "{said}");
            }
            app.quit().await;
        }
        assert_eq!(server.sessions_opened() - before, sessions, "{keyring:?}");
    }
}

#[tokio::test]
async fn the_page_in_the_window_reaches_nothing_but_its_two_commands() {
    let server = ServerDouble::start().await;
    let computer = Computer::new(Keyring::Absent);
    let app = computer.start_app(&server.url()).await;
    app.see(".card .name").await;

    let direct = app.value(&format!("fetch('{}/api/v1/performances').then((r) => r.status)", server.url())).await;
    assert!(direct.as_str().is_some_and(|error| error.contains("TypeError")), "the policy forbids it: {direct}");

    for command in ["plugin:path|resolve_directory", "plugin:window|set_title", "plugin:app|version", "open_door"] {
        let answer = app.value(&format!("window.__TAURI__.core.invoke('{command}').then(() => 'allowed')")).await;
        assert_ne!(answer, "allowed", "{command}");
    }
    let script = "(() => { const s = document.createElement('script'); s.textContent = 'window.ran = true'; document.body.append(s); return window.ran === true })()";
    assert_eq!(app.value(script).await, false, "inline scripts do not run");
    app.quit().await;
}
