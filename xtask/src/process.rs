//! Programs that xtask starts. Each has a process group of its own, which is ended whole: with the program, when xtask
//! fails, and on Ctrl-C.

use anyhow::{anyhow, bail, ensure, Context, Result};
use rustix::process::{kill_process_group, Pid, Signal};
use std::io::{BufRead, BufReader, Read, Write};
use std::os::unix::process::CommandExt;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::mpsc;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

/// The groups that are running now.
static RUNNING: Mutex<Vec<u32>> = Mutex::new(Vec::new());

fn running() -> MutexGuard<'static, Vec<u32>> {
    RUNNING.lock().unwrap_or_else(PoisonError::into_inner)
}

/// From now on Ctrl-C, SIGTERM and SIGHUP end every program that xtask started, and then xtask.
pub fn end_all_on_signals() -> Result<()> {
    ctrlc::set_handler(|| {
        for &id in running().iter() {
            signal(id, Signal::TERM);
        }
        thread::sleep(Duration::from_millis(300));
        for &id in running().iter() {
            signal(id, Signal::KILL);
        }
        std::process::exit(130);
    })
    .context("cannot watch for Ctrl-C")
}

fn signal(id: u32, signal: Signal) {
    if let Some(group) = i32::try_from(id).ok().and_then(Pid::from_raw) {
        // It may have ended by itself meanwhile.
        let _ = kill_process_group(group, signal);
    }
}

/// A started program, ended with its whole group when dropped.
struct Group(Child);

impl Group {
    fn start(command: &mut Command) -> Result<Self> {
        let child = command.stdin(Stdio::null()).process_group(0).spawn().map_err(|error| explain(command, &error))?;
        running().push(child.id());
        Ok(Self(child))
    }
}

impl Drop for Group {
    fn drop(&mut self) {
        let id = self.0.id();
        if matches!(self.0.try_wait(), Ok(None)) {
            signal(id, Signal::TERM);
            let deadline = Instant::now() + Duration::from_secs(2);
            while matches!(self.0.try_wait(), Ok(None)) && Instant::now() < deadline {
                thread::sleep(Duration::from_millis(20));
            }
        }
        // What it started and left behind.
        signal(id, Signal::KILL);
        let _ = self.0.wait();
        running().retain(|&other| other != id);
    }
}

fn name(command: &Command) -> String {
    let program = command.get_program().to_string_lossy();
    program.rsplit('/').next().unwrap_or_default().to_owned()
}

fn explain(command: &Command, error: &std::io::Error) -> anyhow::Error {
    let name = name(command);
    if error.kind() != std::io::ErrorKind::NotFound {
        return anyhow!("cannot start {name}: {error}");
    }
    let remedy = match name.as_str() {
        "node" | "npm" => "install Node.js 20 or newer, with npm",
        "cargo" | "rustc" | "rustup" => "install Rust with rustup",
        "apt-get" | "sudo" => "this is no Debian-like system",
        _ => "is it in the PATH?",
    };
    anyhow!("{name} was not found: {remedy}")
}

fn check(command: &Command, status: ExitStatus) -> Result<()> {
    if !status.success() {
        bail!("{} failed ({status})", name(command));
    }
    Ok(())
}

/// Runs a program whose output is for the reader's eyes.
pub fn run(command: &mut Command) -> Result<()> {
    let mut group = Group::start(command)?;
    let status = group.0.wait().with_context(|| format!("cannot wait for {}", name(command)))?;
    drop(group);
    check(command, status)
}

/// [`run`] for tests: they have so much time, and nothing that they print may hold the secret that they work with.
pub fn run_tests(command: &mut Command, limit: Duration, secret: &str) -> Result<()> {
    let mut group = Group::start(command.stdout(Stdio::piped()).stderr(Stdio::piped()))?;
    let secret: Arc<str> = secret.into();
    let output = group.0.stdout.take().map(|pipe| pass_on(pipe, std::io::stdout(), secret.clone()));
    let errors = group.0.stderr.take().map(|pipe| pass_on(pipe, std::io::stderr(), secret));
    let deadline = Instant::now() + limit;
    let status = loop {
        if let Some(status) = group.0.try_wait().with_context(|| format!("cannot wait for {}", name(command)))? {
            break status;
        }
        if Instant::now() > deadline {
            bail!("{} did not end within {} s and was stopped", name(command), limit.as_secs());
        }
        thread::sleep(Duration::from_millis(50));
    };
    // With it go those that it left behind and that hold the pipes open.
    drop(group);
    let leaks = [output, errors].into_iter().flatten().filter_map(|thread| thread.join().ok()).sum::<usize>();
    check(command, status)?;
    ensure!(leaks == 0, "{} printed the tests' key, in {leaks} lines", name(command));
    Ok(())
}

/// Copies line by line; gives in how many of them the secret was.
fn pass_on(
    from: impl Read + Send + 'static,
    mut to: impl Write + Send + 'static,
    secret: Arc<str>,
) -> JoinHandle<usize> {
    thread::spawn(move || {
        let mut from = BufReader::new(from);
        let mut line = Vec::new();
        let mut leaks = 0;
        // A broken pipe ends the text; the exit status tells the rest.
        while from.read_until(b'\n', &mut line).is_ok_and(|bytes| bytes > 0) {
            leaks += usize::from(String::from_utf8_lossy(&line).contains(&*secret));
            // A reader that has gone is no reason to stop.
            let _ = to.write_all(&line);
            line.clear();
        }
        leaks
    })
}

/// What a program ended with.
pub struct Outcome {
    pub success: bool,
    pub stdout: String,
    pub stderr: String,
}

/// Runs a program and keeps what it prints, whether or not it succeeds.
pub fn outcome(command: &mut Command) -> Result<Outcome> {
    let mut group = Group::start(command.stdout(Stdio::piped()).stderr(Stdio::piped()))?;
    let errors = group.0.stderr.take().map(|pipe| thread::spawn(move || read_all(pipe)));
    let stdout = group.0.stdout.take().map(read_all).unwrap_or_default();
    let stderr = errors.and_then(|reader| reader.join().ok()).unwrap_or_default();
    let status = group.0.wait().with_context(|| format!("cannot wait for {}", name(command)))?;
    Ok(Outcome { success: status.success(), stdout, stderr })
}

fn read_all(mut pipe: impl Read) -> String {
    let mut bytes = Vec::new();
    // A broken pipe ends the text; the exit status tells the rest.
    let _ = pipe.read_to_end(&mut bytes);
    String::from_utf8_lossy(&bytes).into_owned()
}

/// Runs a program and returns what it printed; when it fails, its output is part of the error.
pub fn capture(command: &mut Command) -> Result<String> {
    let outcome = outcome(command)?;
    if !outcome.success {
        bail!("{} failed:\n{}{}", name(command), outcome.stdout, outcome.stderr);
    }
    Ok(outcome.stdout)
}

/// A server that runs until it is dropped.
pub struct Server {
    _group: Group,
    /// What followed the awaited words on the line that it printed.
    pub address: String,
}

/// Starts a server and waits for the line by which it tells its address.
pub fn serve(command: &mut Command, words: &'static str, limit: Duration) -> Result<Server> {
    let mut group = Group::start(command.stdout(Stdio::piped()))?;
    let (tell, told) = mpsc::channel();
    if let Some(pipe) = group.0.stdout.take() {
        thread::spawn(move || {
            for line in BufReader::new(pipe).lines().map_while(Result::ok) {
                if let Some(address) = line.strip_prefix(words) {
                    // Nobody listens any more once the first address is there.
                    let _ = tell.send(address.trim().to_owned());
                }
            }
        });
    }
    let address = told
        .recv_timeout(limit)
        .map_err(|_| anyhow!("{} ended, or printed no “{words}…” within {} s", name(command), limit.as_secs()))?;
    Ok(Server { _group: group, address })
}

#[cfg(test)]
mod tests {
    use super::run_tests;
    use std::process::Command;
    use std::time::Duration;

    fn printing(words: &str) -> anyhow::Result<()> {
        run_tests(Command::new("echo").arg(words), Duration::from_secs(60), "sk-secret")
    }

    #[test]
    fn tests_that_print_the_key_fail() {
        assert!(printing("a key: sk-secret!").is_err_and(|error| error.to_string().contains("in 1 lines")));
        assert!(printing("no key").is_ok());
    }
}
