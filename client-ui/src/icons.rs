//! The drawn icons: a 24 px box, 1.75 stroke, round ends, the colour of the text beside them. Each stands
//! next to a word, so screen readers pass over it.

use dioxus::prelude::*;

/// A crossed cloud: no connection.
#[component]
pub fn CloudOff() -> Element {
    rsx! {
        svg { class: "icon", view_box: "0 0 24 24", "aria-hidden": "true",
            path { d: "M7 18.5a4.5 4.5 0 0 1-.6-8.96 6 6 0 0 1 .9-2.2M10.2 5.3A6 6 0 0 1 18 10.5a4 4 0 0 1 2.6 6.6M16.5 18.5H7M3.5 3.5l17 17" }
        }
    }
}

/// A seat from above, the mark of the few that are left.
#[component]
pub fn Seat() -> Element {
    rsx! {
        svg { class: "seat-mark", view_box: "0 0 12 12", "aria-hidden": "true",
            path { d: "M1 11V4.5A3.5 3.5 0 0 1 4.5 1h3A3.5 3.5 0 0 1 11 4.5V11Z" }
        }
    }
}
