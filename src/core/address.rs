//! Which `baseURL` can be the API's, or a proxy's.

use crate::text::{split, take_while};

/// Why an address can't be the API's; empty where it can. In a page and its workers a path alone is an address.
pub(super) fn trouble_with(url: &str, has_origin: bool) -> &'static str {
    if url.ends_with("/v1") {
        "ends in /v1, where the Midjourney routes are not: leave that away."
    } else if is_address(url) || has_origin && is_path_of_page(url) {
        ""
    } else {
        "must be https://… (http:// is for localhost alone), or in a page a path such as /api/mj, without user, query \
         and fragment."
    }
}

fn is_address(url: &str) -> bool {
    let (scheme, rest) = split(url, "://").unwrap_or_default();
    let (authority, path) = take_while(rest, |byte| byte != b'/');
    let (host, port) = host_and_port(authority);
    let is_host = match scheme {
        "https" => is_host(host),
        "http" => is_loopback(host),
        _ => false,
    };
    is_host && is_port(port) && path.chars().all(may_stand_in_path)
}

fn is_path_of_page(url: &str) -> bool {
    // With two slashes it would be another host.
    let rest = url.strip_prefix('/').unwrap_or_default();
    !rest.is_empty() && !rest.starts_with('/') && rest.chars().all(may_stand_in_path)
}

fn may_stand_in_path(letter: char) -> bool {
    !letter.is_whitespace() && !matches!(letter, '?' | '#' | '@' | '\\')
}

/// An IPv6 address stands in brackets, with colons of its own.
fn host_and_port(authority: &str) -> (&str, &str) {
    let end = if authority.starts_with('[') { authority.find(']').map_or(0, |at| at + 1) } else { 0 };
    let colon = authority.get(end..).and_then(|rest| rest.find(':')).map_or(authority.len(), |at| end + at);
    authority.split_at(colon)
}

fn is_host(host: &str) -> bool {
    let may_stand = |letter: char| {
        !letter.is_whitespace()
            && !matches!(letter, '/' | '?' | '#' | '@' | '\\' | ':' | '[' | ']' | '%' | '<' | '>' | '^' | '|')
    };
    let is_ipv6 = |inside: &str| !inside.is_empty() && inside.bytes().all(|byte| byte == b':' || is_lower_hex(byte));
    let inside = host.strip_prefix('[').and_then(|rest| rest.strip_suffix(']'));
    inside.map_or(!host.is_empty() && host.chars().all(may_stand), is_ipv6)
}

fn is_lower_hex(byte: u8) -> bool {
    byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte)
}

fn is_loopback(host: &str) -> bool {
    let numbers = host.strip_prefix("127.").unwrap_or_default();
    let is_number = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
    let is_ipv4 = numbers.split('.').count() == 3 && numbers.split('.').all(is_number);
    is_ipv4 || matches!(host, "localhost" | "[::1]")
}

/// With its colon; or none.
fn is_port(port: &str) -> bool {
    let digits = port.strip_prefix(':').unwrap_or("0");
    (1..=5).contains(&digits.len())
        && digits.bytes().all(|byte| byte.is_ascii_digit())
        && (digits.len() < 5 || digits <= "65535")
}
