//! The page: search, classes, incidents, the report, for a person with a browser.
//!
//! Its files are part of the binary and are sent as they stand in the folder `page`; no other host is asked for
//! anything. All but the first stand below a path that names their content, so a browser keeps them for good and never
//! mixes those of two versions. What they show they ask of `/v1`, with the token of whoever looks; they hold none of it,
//! so they need no token themselves.

use std::sync::LazyLock;

use axum::extract::Path;
use axum::http::header::{CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE};
use axum::response::{IntoResponse, Response};
use data_encoding::HEXLOWER;
use sha2::{Digest, Sha256};
use tonic::Status;

use super::reply::error;

/// Only what this server sends runs, styles and is asked; no text ever becomes markup.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; \
                      connect-src 'self'; base-uri 'none'; form-action 'none'; \
                      frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types 'none'";
/// How many bytes of their hash name the version of the files.
const VERSION_BYTES: usize = 8;

macro_rules! files {
    ($($name:literal)*) => {
        &[$(($name, include_str!(concat!("page/", $name)))),*]
    };
}

/// The files of the page, by name.
const FILES: &[(&str, &str)] = files![
    "answer.js"
    "api.js"
    "axis.js"
    "backtest.js"
    "base.css"
    "changes.js"
    "class.js"
    "classes.js"
    "curve.js"
    "decide.js"
    "decisions.js"
    "dialog.js"
    "dom.js"
    "download.js"
    "failure.js"
    "fields.js"
    "filters.js"
    "followups.js"
    "icon.svg"
    "incident.js"
    "incidents.js"
    "keys.js"
    "landing.js"
    "link.js"
    "main.js"
    "match.js"
    "parts.css"
    "place.js"
    "progress.js"
    "question.js"
    "report-pictures.js"
    "report-tables.js"
    "report.js"
    "route.js"
    "search.js"
    "spark.js"
    "table.js"
    "theme.js"
    "timeline.js"
    "token.js"
    "views.css"
    "who.js"
    "words.js"
];

/// The hash of all files.
static VERSION: LazyLock<String> = LazyLock::new(|| {
    let mut hash = Sha256::new();
    for (name, text) in FILES {
        hash.update(name);
        hash.update([0]);
        hash.update(text);
        hash.update([0]);
    }
    HEXLOWER.encode(&hash.finalize()[..VERSION_BYTES])
});

/// The first file. It names every script, so that a browser asks for all of them at once and not one after the other.
static INDEX: LazyLock<String> = LazyLock::new(|| {
    let scripts = FILES.iter().map(|(name, _)| *name).filter(|name| is_module(name));
    let links: Vec<String> = scripts
        .map(|name| format!("<link rel=\"modulepreload\" href=\"/page/{{version}}/{name}\">"))
        .collect();
    let index = include_str!("page/index.html").replace("{preload}", &links.join("\n"));
    index.replace("{version}", &VERSION)
});

/// `theme.js` is no module: it runs before the first paint.
fn is_module(name: &str) -> bool {
    name.ends_with(".js") && name != "theme.js"
}

pub(super) async fn index() -> Response {
    let headers = [
        (CONTENT_TYPE, "text/html; charset=utf-8"),
        (CACHE_CONTROL, "no-cache"),
        (CONTENT_SECURITY_POLICY, POLICY),
    ];
    (headers, INDEX.as_str()).into_response()
}

pub(super) async fn file(Path((version, name)): Path<(String, String)>) -> Response {
    let file = FILES.iter().find(|(known, _)| version == *VERSION && *known == name);
    let Some((name, text)) = file else {
        return error(&Status::not_found("the page has no such file; load it anew from `/`"));
    };
    let headers =
        [(CONTENT_TYPE, media_type(name)), (CACHE_CONTROL, "public, max-age=31536000, immutable")];
    (headers, *text).into_response()
}

fn media_type(name: &str) -> &'static str {
    match name.rsplit_once('.') {
        Some((_, "js")) => "text/javascript; charset=utf-8",
        Some((_, "css")) => "text/css; charset=utf-8",
        _ => "image/svg+xml",
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;
    use std::fs;
    use std::path::Path;

    use super::*;

    #[test]
    fn every_file_of_the_folder_is_served() {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("crates/server/http/page");
        let entries = fs::read_dir(folder).expect("the folder of the page");
        let names = entries.map(|entry| entry.expect("an entry").file_name());
        let there: BTreeSet<String> =
            names.map(|name| name.to_string_lossy().into_owned()).collect();
        let served = FILES.iter().map(|(name, _)| (*name).to_owned());
        assert_eq!(served.chain(["index.html".to_owned()]).collect::<BTreeSet<_>>(), there);
    }

    #[test]
    fn every_import_leads_to_a_file() {
        let names: Vec<&str> = FILES.iter().map(|(name, _)| *name).collect();
        for (name, text) in FILES.iter().filter(|(name, _)| is_module(name)) {
            for rest in text.split(" from './").skip(1) {
                let (file, _) = rest.split_once('\'').expect("it ends");
                assert!(names.contains(&file), "{name}: {file}");
            }
        }
    }

    #[test]
    fn no_file_makes_markup_of_a_text_or_names_another_host() {
        for (name, text) in FILES.iter().chain([&("index.html", INDEX.as_str())]) {
            for wrong in
                ["innerHTML", "outerHTML", "insertAdjacentHTML", "eval(", "https://", "style=\""]
            {
                assert!(!text.contains(wrong), "{wrong} in {name}");
            }
        }
    }
}
