//! The built page, embedded into the binary.
//!
//! A release build holds every file of `ui/dist`; a debug build reads them from the source tree as they are asked for. A
//! build without `ui/dist` works and holds nothing: [`is_built`] tells.
//!
//! There are two pages: `index.html`, the chat, which the engine serves, and [`PHONE`], which the carrier simulator serves. They
//! share the files under `assets/`.

use std::borrow::Cow;
use std::fmt::Write as _;

#[derive(rust_embed::RustEmbed)]
#[folder = "$CARGO_MANIFEST_DIR/../../ui/dist"]
#[allow_missing = true]
struct Dist;

/// The page of the phone in the browser.
pub const PHONE: &str = "phone.html";

/// Names under `assets/` carry a hash of their content.
const FOR_EVER: &str = "public, max-age=31536000, immutable";
/// Kept, but asked for again each time.
const ASK_AGAIN: &str = "no-cache";

/// One file of the page.
#[derive(Clone, Debug)]
pub struct Asset {
    /// Its content.
    pub bytes: Cow<'static, [u8]>,
    /// Its media type, as `Content-Type` wants it: `text/html; charset=utf-8`.
    pub mime: String,
    /// Its entity tag with the quotes that `ETag` wants: the first 16 bytes of its SHA-256 in hexadecimal.
    pub etag: String,
    /// How long a browser may keep it, as `Cache-Control` wants it.
    pub cache: &'static str,
}

impl Asset {
    /// Whether a browser that sends these tags as `If-None-Match` has this file already.
    pub fn is_among(&self, tags: &str) -> bool {
        tags.split(',').any(|tag| tag.trim().trim_start_matches("W/") == self.etag)
    }
}

/// The file at `path` below `ui/dist`, without a leading slash: `index.html`, `assets/index-….js`. `None` if there is none.
pub fn asset(path: &str) -> Option<Asset> {
    let file = Dist::get(path)?;
    let mime = file.metadata.mimetype();
    let mime = if mime.starts_with("text/") { format!("{mime}; charset=utf-8") } else { mime.to_owned() };
    let mut etag = String::from("\"");
    for byte in &file.metadata.sha256_hash()[..16] {
        // Writing to a String cannot fail.
        let _ = write!(etag, "{byte:02x}");
    }
    etag.push('"');
    let cache = if path.starts_with("assets/") { FOR_EVER } else { ASK_AGAIN };
    Some(Asset { bytes: file.data, mime, etag, cache })
}

/// Whether the page was built before this binary, so that there is something to serve.
pub fn is_built() -> bool {
    Dist::get("index.html").is_some()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_page_is_there_if_and_only_if_it_was_built() {
        let page = asset("index.html");
        assert_eq!(page.is_some(), is_built());
        if let Some(page) = page {
            assert_eq!(page.mime, "text/html; charset=utf-8");
            assert_eq!((page.etag.len(), page.etag.matches('"').count()), (34, 2));
            assert!(page.bytes.starts_with(b"<!doctype html>"));
            assert!(page.is_among(&format!("\"x\", W/{}", page.etag)) && !page.is_among("\"x\""));
            assert_eq!(page.cache, "no-cache");
            assert!(asset(PHONE).is_some());
        }
    }

    #[test]
    fn nothing_outside_the_page_is_served() {
        for path in ["../package.json", "assets/../../package.json", "/etc/passwd", "", "missing.js"] {
            assert!(asset(path).is_none(), "{path}");
        }
    }
}
