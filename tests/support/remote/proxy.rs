//! A server of git's protocol on this machine, whose connections go wrong as a plan says.
//!
//! Each connection is answered by a `git daemon` of its own, so that it is known when the server has done what it was
//! asked for, and nothing listens on a port that another test could take.

use std::io::{self, Read as _, Write as _};
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdout, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use super::fault::{Fault, Moment, Plan, Service};
use super::packet::Packet;
use crate::support::at_home;

/// How long a test waits for a connection that must come.
const PATIENCE: Duration = Duration::from_secs(60);

/// The server; it ends when dropped.
pub struct Proxy {
    address: SocketAddr,
    shared: Arc<Shared>,
    listener: Mutex<Option<(Arc<AtomicBool>, JoinHandle<()>)>>,
}

struct Shared {
    home: PathBuf,
    folder: PathBuf,
    state: Mutex<State>,
    changed: Condvar,
}

struct State {
    plan: Plan,
    /// The connections so far, and what was to become of them.
    seen: Vec<(Service, Fault)>,
    /// How many connections are not over.
    busy: usize,
    /// How many connections wait for the test.
    stopped: usize,
    /// How many connections may go on.
    let_go: usize,
    open: Vec<TcpStream>,
    over: bool,
}

impl Proxy {
    /// Begins to serve the repositories in `folder`, with the settings of `home`.
    pub fn new(home: PathBuf, folder: PathBuf) -> Self {
        let state = State {
            plan: Plan::All(Fault::Pass),
            seen: Vec::new(),
            busy: 0,
            stopped: 0,
            let_go: 0,
            open: Vec::new(),
            over: false,
        };
        let shared = Shared { home, folder, state: Mutex::new(state), changed: Condvar::new() };
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let proxy = Self { address, shared: Arc::new(shared), listener: Mutex::new(None) };
        proxy.listen(listener);
        proxy
    }

    /// Returns the address of the repository called `name`.
    pub fn url(&self, name: &str) -> String {
        format!("git://{}/{name}", self.address)
    }

    /// Lets connections go wrong as `plan` says from now on.
    pub fn plan(&self, plan: Plan) {
        self.state().plan = plan;
    }

    /// Lets the next connections of a kind go wrong; all others pass.
    pub fn next<const N: usize>(&self, faults: [(Service, Fault); N]) {
        self.plan(Plan::Next(faults.into()));
    }

    /// Returns the connections since it was last asked, and forgets them.
    pub fn seen(&self) -> Vec<(Service, Fault)> {
        std::mem::take(&mut self.state().seen)
    }

    /// Waits until a connection has come to where it stops.
    pub fn wait_stopped(&self) {
        self.wait_while("no connection came to where it stops", |state| state.stopped == 0)
            .stopped -= 1;
    }

    /// Waits until every connection is over, so that nothing changes any more.
    pub fn wait_idle(&self) {
        drop(self.wait_while("a connection does not end", |state| state.busy > 0));
    }

    fn wait_while(&self, what: &str, is_so: fn(&State) -> bool) -> MutexGuard<'_, State> {
        let changed = &self.shared.changed;
        let waited = changed.wait_timeout_while(self.state(), PATIENCE, |state| is_so(state));
        let (state, late) = waited.unwrap();
        assert!(!late.timed_out(), "{what}");
        state
    }

    /// Lets one stopped connection go on.
    pub fn go_on(&self) {
        self.state().let_go += 1;
        self.shared.changed.notify_all();
    }

    /// Refuses connections from now on.
    pub fn close(&self) {
        if let Some((listens, thread)) = self.listener.lock().unwrap().take() {
            listens.store(false, Ordering::SeqCst);
            // Wakes the thread, which drops its listener when it sees that it is to end.
            drop(TcpStream::connect(self.address));
            thread.join().ok();
        }
    }

    /// Accepts connections again, at the same address.
    pub fn open(&self) {
        self.listen(TcpListener::bind(self.address).unwrap());
    }

    fn listen(&self, listener: TcpListener) {
        let (shared, listens) = (Arc::clone(&self.shared), Arc::new(AtomicBool::new(true)));
        let goes_on = Arc::clone(&listens);
        let thread = thread::spawn(move || {
            for client in listener.incoming() {
                if !goes_on.load(Ordering::SeqCst) {
                    break;
                }
                let shared = Arc::clone(&shared);
                if let Ok(client) = client {
                    shared.state.lock().unwrap().busy += 1;
                    thread::spawn(move || shared.serve(&client));
                }
            }
        });
        *self.listener.lock().unwrap() = Some((listens, thread));
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.shared.state.lock().unwrap()
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        self.close();
        let mut state = self.shared.state.lock().unwrap();
        state.over = true;
        for client in state.open.drain(..) {
            client.shutdown(Shutdown::Both).ok();
        }
        drop(state);
        self.shared.changed.notify_all();
    }
}

impl Shared {
    /// Answers one connection to its end. That either side goes away is no fault of a test.
    fn serve(&self, client: &TcpStream) {
        if let Ok(copy) = client.try_clone() {
            self.state.lock().unwrap().open.push(copy);
        }
        self.converse(client).ok();
        client.shutdown(Shutdown::Both).ok();
        self.state.lock().unwrap().busy -= 1;
        self.changed.notify_all();
    }

    fn converse(&self, mut client: &TcpStream) -> io::Result<()> {
        let Some(wish) = Packet::read(&mut client)? else { return Ok(()) };
        let is_push = wish.0[4..].starts_with(b"git-receive-pack");
        let service = if is_push { Service::Push } else { Service::Fetch };
        let fault = {
            let mut state = self.state.lock().unwrap();
            let fault = state.plan.next(service);
            state.seen.push((service, fault));
            fault
        };
        if self.goes_wrong(fault, Moment::Greeting, client) {
            return Ok(());
        }
        let mut server = daemon(&self.home, &self.folder)?;
        let (mut input, mut output) = (server.stdin.take().unwrap(), server.stdout.take().unwrap());
        input.write_all(&wish.0)?;
        while let Some(packet) = Packet::read(&mut output)? {
            client.write_all(&packet.0)?;
            if packet.is_flush() {
                break;
            }
        }
        let mut first = [0; 4096];
        let length = client.read(&mut first)?;
        if length > 0 && self.goes_wrong(fault, Moment::Request, client) {
            drop(input);
            server.wait()?;
            return Ok(());
        }
        let mut from = client.try_clone()?;
        let sender = thread::spawn(move || {
            input.write_all(&first[..length])?;
            pass_on(&mut from, &mut input)
        });
        self.answer(fault, service, &mut output, client)?;
        client.shutdown(Shutdown::Both).ok();
        drop(output);
        drop(sender.join());
        server.wait()?;
        Ok(())
    }

    /// Passes the answer on, or as much of it as the fault lets through.
    fn answer(
        &self,
        fault: Fault,
        service: Service,
        server: &mut ChildStdout,
        mut client: &TcpStream,
    ) -> io::Result<()> {
        if fault.moment() == Some(Moment::Answer) {
            // A push is answered once, and then the server is done; a fetch is a conversation.
            let mut answer = vec![0; 4096];
            match service {
                Service::Push => {
                    answer.clear();
                    server.read_to_end(&mut answer)?;
                }
                Service::Fetch => {
                    let length = server.read(&mut answer)?;
                    answer.truncate(length);
                }
            }
            if fault == Fault::CutInAnswer {
                return client.write_all(&answer[..answer.len() / 2]);
            }
            if self.goes_wrong(fault, Moment::Answer, client) {
                return Ok(());
            }
            client.write_all(&answer)?;
        }
        pass_on(server, &mut client)
    }

    /// Does what is to happen at `moment`, and tells whether the connection is over.
    fn goes_wrong(&self, fault: Fault, moment: Moment, mut client: &TcpStream) -> bool {
        if fault.moment() != Some(moment) {
            return false;
        }
        match fault {
            Fault::Delay(_, time) => {
                thread::sleep(time);
                false
            }
            Fault::Cut(_) => true,
            Fault::Hang(_) => {
                pass_on(&mut client, &mut io::sink()).ok();
                true
            }
            Fault::Stop(_) => {
                let mut state = self.state.lock().unwrap();
                state.stopped += 1;
                self.changed.notify_all();
                let wait = |state: &mut State| state.let_go == 0 && !state.over;
                let mut state = self.changed.wait_while(state, wait).unwrap();
                state.let_go = state.let_go.saturating_sub(1);
                state.over
            }
            Fault::Pass | Fault::CutInAnswer => false,
        }
    }
}

/// Passes on what comes as it comes, to the end.
fn pass_on(from: &mut impl io::Read, to: &mut impl io::Write) -> io::Result<()> {
    let mut part = [0; 16 * 1024];
    loop {
        match from.read(&mut part)? {
            0 => return Ok(()),
            length => to.write_all(&part[..length])?,
        }
    }
}

/// Starts the program that answers one connection.
fn daemon(home: &Path, folder: &Path) -> io::Result<Child> {
    let mut command = at_home("git", home);
    command.current_dir(folder).args(["daemon", "--inetd", "--export-all"]);
    command.args(["--enable=receive-pack", "--informative-errors"]);
    command.arg(format!("--base-path={}", folder.display()));
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null()).spawn()
}
