//! The demo's web server: files of one folder, to this machine only. A thread and an answer for each connection: a
//! page has a dozen files. (tiny_http, tried first, leaves one connection in forty waiting on a busy machine.)

use super::files::{content_type, file_for};
use anyhow::{bail, Context, Result};
use httparse::Status;
use std::fs;
use std::io::{self, ErrorKind, Read, Write};
use std::net::{Ipv4Addr, Shutdown, TcpListener, TcpStream};
use std::path::Path;
use std::thread;
use std::time::Duration;

/// What every answer carries. The page needs wasm, the API over https, and a simulator or proxy on this machine.
const HEADERS: &str = "\
    Content-Security-Policy: default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; \
    img-src 'self' data: blob: https:; connect-src 'self' https: http://127.0.0.1:* http://localhost:*; \
    base-uri 'none'; form-action 'none'; frame-ancestors 'none'\r\n\
    X-Content-Type-Options: nosniff\r\n\
    Referrer-Policy: no-referrer\r\n\
    Cache-Control: no-store\r\n\
    Connection: close\r\n";

/// How many ports are tried when the wanted one is taken.
const TRIES: u16 = 20;

/// The longest head of a request that is read.
const LONGEST_HEAD: usize = 32 * 1024;

/// Browsers open connections ahead of their needs.
const PATIENCE: Duration = Duration::from_secs(60);

/// Listens on the port, or on the next free one.
pub fn listen(port: u16) -> Result<TcpListener> {
    for port in port..=port.saturating_add(TRIES) {
        match TcpListener::bind((Ipv4Addr::LOCALHOST, port)) {
            Ok(listener) => return Ok(listener),
            Err(error) if error.kind() == ErrorKind::AddrInUse => {}
            Err(error) => return Err(error).with_context(|| format!("cannot listen on port {port}")),
        }
    }
    bail!("the ports {port} to {} are taken: choose another with --port", port.saturating_add(TRIES))
}

pub fn address(listener: &TcpListener) -> Result<String> {
    Ok(format!("http://{}/", listener.local_addr()?))
}

/// Answers until the process ends.
pub fn serve(listener: &TcpListener, folder: &Path) {
    thread::scope(|scope| {
        for stream in listener.incoming().filter_map(io::Result::ok) {
            // A browser that goes away takes its own connection with it, nothing else.
            scope.spawn(move || converse(stream, folder));
        }
    });
}

fn converse(mut stream: TcpStream, folder: &Path) -> io::Result<()> {
    stream.set_read_timeout(Some(PATIENCE))?;
    stream.set_write_timeout(Some(PATIENCE))?;
    let head = read_head(&mut stream)?;
    stream.write_all(&answer(&head, folder))?;
    stream.shutdown(Shutdown::Write)?;
    // Closed before the other side has read it, an answer may be lost.
    stream.set_read_timeout(Some(Duration::from_secs(1)))?;
    io::copy(&mut stream.take(LONGEST_HEAD as u64), &mut io::sink()).map(drop)
}

/// What was sent up to the empty line.
fn read_head(stream: &mut impl Read) -> io::Result<Vec<u8>> {
    let mut head = Vec::new();
    let mut piece = [0; 4096];
    while !head.windows(4).any(|four| four == b"\r\n\r\n") && head.len() < LONGEST_HEAD {
        match stream.read(&mut piece)? {
            0 => return Err(ErrorKind::UnexpectedEof.into()),
            length => head.extend_from_slice(&piece[..length]),
        }
    }
    Ok(head)
}

fn answer(head: &[u8], folder: &Path) -> Vec<u8> {
    let mut headers = [httparse::EMPTY_HEADER; 100];
    let mut request = httparse::Request::new(&mut headers);
    let complete = matches!(request.parse(head), Ok(Status::Complete(_)));
    match (complete, request.method, request.path) {
        (true, Some(method @ ("GET" | "HEAD")), Some(target)) => {
            let found = file_for(folder, target).and_then(|file| Some((fs::read(&file).ok()?, file)));
            let (status, kind, body) = match &found {
                Some((body, file)) => ("200 OK", content_type(file), body.as_slice()),
                None => ("404 Not Found", TEXT, b"There is no such file.\n".as_slice()),
            };
            respond(status, kind, body, method == "GET")
        }
        (true, ..) => respond("405 Method Not Allowed\r\nAllow: GET, HEAD", TEXT, b"Only GET and HEAD.\n", true),
        _ => respond("400 Bad Request", TEXT, b"This is no request.\n", true),
    }
}

const TEXT: &str = "text/plain; charset=utf-8";

fn respond(status: &str, kind: &str, body: &[u8], with_body: bool) -> Vec<u8> {
    let length = body.len();
    let head = format!("HTTP/1.1 {status}\r\nContent-Type: {kind}\r\nContent-Length: {length}\r\n{HEADERS}\r\n");
    let mut response = head.into_bytes();
    if with_body {
        response.extend_from_slice(body);
    }
    response
}

#[cfg(test)]
mod tests {
    use super::{answer, read_head};
    use std::path::Path;

    fn answered(request: &str) -> String {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR"));
        String::from_utf8_lossy(&answer(request.as_bytes(), folder)).into_owned()
    }

    #[test]
    fn a_file_is_served_with_the_headers() {
        let response = answered("GET /Cargo.toml HTTP/1.1\r\nHost: a\r\n\r\n");
        assert!(response.starts_with("HTTP/1.1 200 OK\r\n"), "{response}");
        assert!(response.contains("\r\nContent-Security-Policy: default-src 'none'; script-src 'self' "), "{response}");
        assert!(response.contains("\r\nX-Content-Type-Options: nosniff\r\n"), "{response}");
        assert!(response.contains("\r\n\r\n[package]\nname = \"xtask\""), "{response}");
    }

    #[test]
    fn head_is_get_without_the_body() {
        let response = answered("HEAD /Cargo.toml HTTP/1.1\r\n\r\n");
        assert!(response.starts_with("HTTP/1.1 200 OK\r\n") && response.ends_with("\r\n\r\n"), "{response}");
    }

    #[test]
    fn everything_else_is_refused() {
        for (request, status) in [
            ("GET /../Cargo.toml HTTP/1.1\r\n\r\n", "404"),
            ("GET /nothing.js HTTP/1.1\r\n\r\n", "404"),
            ("GET /src HTTP/1.1\r\n\r\n", "404"),
            ("POST /Cargo.toml HTTP/1.1\r\n\r\n", "405"),
            ("hello\r\n\r\n", "400"),
            ("GET / HTTP/1.1\r\nHost", "400"),
        ] {
            assert!(answered(request).starts_with(&format!("HTTP/1.1 {status} ")), "{request}");
        }
    }

    #[test]
    fn a_head_ends_with_the_empty_line_and_an_end_before_it_is_an_error() {
        assert_eq!(read_head(&mut b"GET / HTTP/1.1\r\n\r\n".as_slice()).ok().map(|head| head.len()), Some(18));
        assert!(read_head(&mut b"GET / HTTP/1.1\r\n".as_slice()).is_err());
    }
}
