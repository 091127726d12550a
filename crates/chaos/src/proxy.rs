//! A way between two programs on which anything can happen: a TCP proxy that cuts, falls silent, delays, or loses one request
//! or one answer.

use std::io;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpSocket, TcpStream};
use tokio::sync::watch;
use tokio::task::AbortHandle;

/// How much is read at once.
const CHUNK: usize = 16 * 1024;
/// How long a port that was given back may take to be free again.
const REBIND_PAUSE: Duration = Duration::from_millis(5);

/// What the way is like.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Weather {
    /// Everything passes.
    #[default]
    Clear,
    /// Connections are reset, and none comes about.
    Cut,
    /// Connections come about, and nothing passes.
    Silent,
    /// Everything passes later.
    Slow(Duration),
}

/// What is lost of one request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Loss {
    /// It does not arrive; its connection breaks.
    Request,
    /// It arrives; its connection breaks before the answer passes.
    Answer,
}

#[derive(Default)]
struct State {
    upstream: Option<SocketAddr>,
    weather: Weather,
    /// Beginnings of requests, each for one loss.
    traps: Vec<(&'static str, Loss)>,
    /// How many losses there were.
    sprung: u64,
}

struct Shared {
    state: Mutex<State>,
    changed: watch::Sender<()>,
}

impl Shared {
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn weather(&self) -> Weather {
        self.state().weather
    }

    fn is_open(&self) -> bool {
        let state = self.state();
        state.upstream.is_some() && state.weather != Weather::Cut
    }

    /// Takes a trap that the bytes spring.
    fn spring(&self, bytes: &[u8]) -> Option<Loss> {
        let mut state = self.state();
        let at = state.traps.iter().position(|(request, _)| bytes.starts_with(request.as_bytes()))?;
        state.sprung += 1;
        Some(state.traps.remove(at).1)
    }
}

/// One way. It keeps its address while the program behind it comes and goes.
pub(crate) struct Proxy {
    pub(crate) addr: SocketAddr,
    shared: Arc<Shared>,
    task: AbortHandle,
}

impl Drop for Proxy {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl Proxy {
    /// Takes a port of the loopback; refuses connections until there is a program behind.
    pub(crate) fn start(upstream: Option<SocketAddr>) -> io::Result<Self> {
        // Bound and not listening: nobody else gets the port, and whoever connects is refused.
        let reserved = socket(SocketAddr::from(([127, 0, 0, 1], 0)))?;
        let addr = reserved.local_addr()?;
        let state = State { upstream, ..State::default() };
        let shared = Arc::new(Shared { state: Mutex::new(state), changed: watch::channel(()).0 });
        let task = tokio::spawn(listen(addr, Arc::clone(&shared), reserved)).abort_handle();
        Ok(Self { addr, shared, task })
    }

    /// Where the program behind listens; `None` while there is none.
    pub(crate) fn lead_to(&self, upstream: Option<SocketAddr>) {
        self.shared.state().upstream = upstream;
        self.shared.changed.send_replace(());
    }

    /// Changes the weather.
    pub(crate) fn weather(&self, weather: Weather) {
        self.shared.state().weather = weather;
        self.shared.changed.send_replace(());
    }

    /// Loses the next request that begins so, or its answer.
    pub(crate) fn lose(&self, request: &'static str, loss: Loss) {
        self.shared.state().traps.push((request, loss));
    }

    /// Forgets losses that have not happened.
    pub(crate) fn forgive(&self) {
        self.shared.state().traps.clear();
    }

    /// Whether a loss has not happened yet.
    pub(crate) fn still_loses(&self, request: &str, loss: Loss) -> bool {
        self.shared.state().traps.contains(&(request, loss))
    }

    /// How many requests or answers were lost.
    pub(crate) fn lost(&self) -> u64 {
        self.shared.state().sprung
    }
}

async fn listen(addr: SocketAddr, shared: Arc<Shared>, _reserved: TcpSocket) {
    let mut changed = shared.changed.subscribe();
    loop {
        if !shared.is_open() {
            if changed.changed().await.is_err() {
                return;
            }
            continue;
        }
        let Ok(listener) = bind(addr) else {
            tokio::time::sleep(REBIND_PAUSE).await;
            continue;
        };
        while shared.is_open() {
            tokio::select! {
                accepted = listener.accept() => if let Ok((client, _)) = accepted {
                    tokio::spawn(carry(client, Arc::clone(&shared)));
                },
                _ = changed.changed() => {}
            }
        }
    }
}

fn bind(addr: SocketAddr) -> io::Result<TcpListener> {
    socket(addr)?.listen(1_024)
}

fn socket(addr: SocketAddr) -> io::Result<TcpSocket> {
    let socket = TcpSocket::new_v4()?;
    socket.set_reuseaddr(true)?;
    socket.bind(addr)?;
    Ok(socket)
}

/// One connection, to its end.
async fn carry(client: TcpStream, shared: Arc<Shared>) {
    let mut changed = shared.changed.subscribe();
    let Some(upstream) = shared.state().upstream else { return };
    // A connection that begins in silence reaches nobody.
    while shared.weather() == Weather::Silent {
        if changed.changed().await.is_err() {
            return;
        }
    }
    let Ok(server) = TcpStream::connect(upstream).await else { return reset(&client) };
    for stream in [&client, &server] {
        // A socket that is gone already is noticed by who reads it.
        drop(stream.set_nodelay(true));
    }
    let (mut client, mut server) = (client, server);
    let whole = tokio::select! {
        whole = pass(&mut client, &mut server, &shared) => whole,
        () = broken(&shared, changed) => false,
    };
    if !whole {
        reset(&client);
        reset(&server);
    }
}

/// Carries both directions until one side is done; false if the connection is to break.
async fn pass(client: &mut TcpStream, server: &mut TcpStream, shared: &Shared) -> bool {
    let (mut from_client, mut to_client) = client.split();
    let (mut from_server, mut to_server) = server.split();
    let (mut asked, mut answered) = (vec![0; CHUNK], vec![0; CHUNK]);
    let (mut client_talks, mut swallow) = (true, false);
    loop {
        tokio::select! {
            read = from_client.read(&mut asked), if client_talks => match read {
                Ok(0) => {
                    client_talks = false;
                    // The server may have gone as well.
                    drop(to_server.shutdown().await);
                }
                Ok(read) => {
                    match shared.spring(&asked[..read]) {
                        Some(Loss::Request) => return false,
                        Some(Loss::Answer) => swallow = true,
                        None => {}
                    }
                    if held_back(shared).await && to_server.write_all(&asked[..read]).await.is_err() {
                        return false;
                    }
                }
                Err(_) => return false,
            },
            read = from_server.read(&mut answered) => match read {
                Ok(0) => {
                    drop(to_client.shutdown().await);
                    return true;
                }
                // It has done what it was asked for.
                Ok(_) if swallow => return false,
                Ok(read) => {
                    if held_back(shared).await && to_client.write_all(&answered[..read]).await.is_err() {
                        return false;
                    }
                }
                Err(_) => return false,
            },
        }
    }
}

/// Waits as long as the weather wants; false if the bytes are lost in it.
async fn held_back(shared: &Shared) -> bool {
    match shared.weather() {
        Weather::Clear => true,
        Weather::Slow(by) => {
            tokio::time::sleep(by).await;
            true
        }
        Weather::Cut | Weather::Silent => false,
    }
}

/// Closing sends a reset from now on.
fn reset(stream: &TcpStream) {
    drop(stream.set_zero_linger());
}

/// Ends when the weather breaks what stands.
async fn broken(shared: &Shared, mut changed: watch::Receiver<()>) {
    let mut was_silent = false;
    loop {
        match shared.weather() {
            Weather::Cut => return,
            Weather::Silent => was_silent = true,
            // What was lost in the silence is not sent again.
            Weather::Clear | Weather::Slow(_) if was_silent => return,
            Weather::Clear | Weather::Slow(_) => {}
        }
        if changed.changed().await.is_err() {
            return;
        }
    }
}
