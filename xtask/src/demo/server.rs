//! The demo's web server: files of one folder, to this machine only.

use super::files::{content_type, file_for};
use anyhow::{anyhow, bail, Context, Result};
use std::fs;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::Path;
use tiny_http::{Header, Method, Request, Response, Server};

/// What every answer carries. The page needs wasm, the API over https, and a simulator or proxy on this machine.
const HEADERS: [(&str, &str); 4] = [
    (
        "Content-Security-Policy",
        "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; img-src 'self' data: blob: https:; \
         connect-src 'self' https: http://127.0.0.1:* http://localhost:*; base-uri 'none'; form-action 'none'; \
         frame-ancestors 'none'",
    ),
    ("X-Content-Type-Options", "nosniff"),
    ("Referrer-Policy", "no-referrer"),
    ("Cache-Control", "no-store"),
];

/// How many ports are tried when the wanted one is taken.
const TRIES: u16 = 20;

/// Listens on the port, or on the next free one.
pub fn listen(port: u16) -> Result<Server> {
    let mut last = None;
    for port in port..=port.saturating_add(TRIES) {
        match Server::http(SocketAddr::from((Ipv4Addr::LOCALHOST, port))) {
            Ok(server) => return Ok(server),
            Err(error) => last = Some(error),
        }
    }
    bail!("no port from {port} on is free: {}", last.map(|error| error.to_string()).unwrap_or_default())
}

pub fn address(server: &Server) -> String {
    format!("http://{}/", server.server_addr())
}

/// Answers until the process ends.
pub fn serve(server: &Server, folder: &Path) -> Result<()> {
    let headers = HEADERS.iter().map(|(name, value)| header(name, value)).collect::<Result<Vec<_>>>()?;
    loop {
        let request = server.recv().context("the demo's server stopped")?;
        // The browser went away: the next one may stay.
        let _ = answer(request, folder, &headers);
    }
}

fn header(name: &str, value: &str) -> Result<Header> {
    Header::from_bytes(name, value).map_err(|()| anyhow!("not a header: {name}"))
}

fn answer(request: Request, folder: &Path, headers: &[Header]) -> Result<()> {
    let (status, kind, body) = match request.method() {
        Method::Get | Method::Head => {
            match file_for(folder, request.url()).and_then(|file| Some((fs::read(&file).ok()?, file))) {
                Some((body, file)) => (200, content_type(&file), body),
                None => (404, "text/plain; charset=utf-8", b"There is no such file.\n".to_vec()),
            }
        }
        _ => (405, "text/plain; charset=utf-8", b"Only GET and HEAD.\n".to_vec()),
    };
    let mut response = Response::from_data(body).with_status_code(status).with_header(header("Content-Type", kind)?);
    for header in headers {
        response.add_header(header.clone());
    }
    request.respond(response).context("cannot answer")
}
