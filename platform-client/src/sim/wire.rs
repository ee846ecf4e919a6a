//! TLS connections that can be cut in the middle.
//!
//! Duty: handshakes that do not wait for one another and go wrong when told to, and a stream that a fault can end after so
//! many bytes without the goodbye of TLS, or make say everything twice. Never: look at what passes.

use std::collections::VecDeque;
use std::io;
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};
use std::task::{Context, Poll, Waker, ready};
use std::time::Duration;

use axum::extract::connect_info::Connected;
use axum::serve::{IncomingStream, Listener};
use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _, ReadBuf};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::mpsc;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::server::TlsStream;

/// A client that does not shake hands in this time is let go.
const HANDSHAKE: Duration = Duration::from_secs(10);

/// How much of a connection is left.
#[derive(Debug)]
struct Budget {
    /// Bytes that may still be written.
    bytes: AtomicU64,
    /// Who waits for bytes to read.
    reader: Mutex<Option<Waker>>,
    /// Whether what is written next is written twice.
    twice: AtomicBool,
}

/// The scissors of one connection.
#[derive(Debug, Clone)]
pub(crate) struct Scissors(Arc<Budget>);

impl Scissors {
    /// Ends the connection when so many more bytes have been written; with 0 at once.
    pub(crate) fn cut_after(&self, bytes: u64) {
        self.0.bytes.store(bytes, Ordering::SeqCst);
        if let Some(waker) = self.0.reader.lock().unwrap_or_else(PoisonError::into_inner).take() {
            waker.wake();
        }
    }
}

impl Scissors {
    /// Lets what is written from now until the next flush be written again.
    pub(crate) fn say_twice(&self) {
        self.0.twice.store(true, Ordering::SeqCst);
    }
}

/// The connections that are open.
#[derive(Debug, Default)]
pub(crate) struct Connections(Mutex<Vec<Weak<Budget>>>);

impl Connections {
    /// Ends every one at once, as the end of a program does.
    pub(crate) fn cut(&self) {
        for budget in self.lock().drain(..).filter_map(|open| open.upgrade()) {
            Scissors(budget).cut_after(0);
        }
    }

    fn note(&self, budget: &Arc<Budget>) {
        let mut open = self.lock();
        open.retain(|open| open.strong_count() > 0);
        open.push(Arc::downgrade(budget));
    }

    fn lock(&self) -> MutexGuard<'_, Vec<Weak<Budget>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A connection over TLS that scissors can end.
pub(crate) struct Wire {
    stream: TlsStream<TcpStream>,
    budget: Arc<Budget>,
    /// What is still to be said a second time.
    again: VecDeque<u8>,
}

impl Wire {
    fn new(stream: TlsStream<TcpStream>) -> Self {
        Self {
            stream,
            budget: Arc::new(Budget {
                bytes: AtomicU64::new(u64::MAX),
                reader: Mutex::new(None),
                twice: AtomicBool::new(false),
            }),
            again: VecDeque::new(),
        }
    }

    fn left(&self) -> u64 {
        self.budget.bytes.load(Ordering::SeqCst)
    }
}

fn cut() -> io::Error {
    io::ErrorKind::ConnectionReset.into()
}

impl AsyncRead for Wire {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        *self.budget.reader.lock().unwrap_or_else(PoisonError::into_inner) = Some(cx.waker().clone());
        if self.left() == 0 {
            return Poll::Ready(Err(cut()));
        }
        Pin::new(&mut self.stream).poll_read(cx, buf)
    }
}

impl AsyncWrite for Wire {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        let left = self.left();
        if left == 0 {
            return Poll::Ready(Err(cut()));
        }
        let part = &bytes[..bytes.len().min(usize::try_from(left).unwrap_or(usize::MAX))];
        let written = ready!(Pin::new(&mut self.stream).poll_write(cx, part))?;
        if left != u64::MAX {
            self.budget.bytes.store(left - written as u64, Ordering::SeqCst);
        }
        if self.budget.twice.load(Ordering::SeqCst) {
            self.again.extend(&part[..written]);
        }
        Poll::Ready(Ok(written))
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let this = &mut *self;
        while !this.again.is_empty() {
            let (part, _) = this.again.as_slices();
            let written = ready!(Pin::new(&mut this.stream).poll_write(cx, part))?;
            this.again.drain(..written);
            this.budget.twice.store(false, Ordering::SeqCst);
        }
        Pin::new(&mut self.stream).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        // A connection that broke has said no goodbye.
        if self.left() == 0 {
            return Poll::Ready(Ok(()));
        }
        Pin::new(&mut self.stream).poll_shutdown(cx)
    }
}

/// How a connection is met.
pub(crate) enum Meeting {
    /// Taken, and never answered.
    Hang,
    /// Reset when its first bytes are here.
    Reset,
    /// A handshake.
    Handshake(TlsAcceptor),
    /// These bytes as the answer to whatever comes, then closed: no TLS at all.
    Say(Vec<u8>),
}

/// Who decides how connections are met.
pub(crate) trait Door: Send + Sync + 'static {
    /// `false`: the connection is closed before a byte of TLS.
    fn is_open(&self) -> bool;

    /// How an open one is met; `first` are its first bytes.
    fn meets(&self, first: &[u8]) -> Meeting;

    /// Where the open ones are noted.
    fn connections(&self) -> &Connections;
}

/// Gives `axum` the connections whose handshake is done.
pub(crate) struct TlsListener {
    ready: mpsc::Receiver<(Wire, SocketAddr)>,
    address: SocketAddr,
}

impl TlsListener {
    /// Takes over a listening socket; must be called inside the runtime that serves.
    pub(crate) fn new(tcp: TcpListener, door: Arc<dyn Door>) -> io::Result<Self> {
        let address = tcp.local_addr()?;
        let (done, ready) = mpsc::channel(64);
        tokio::spawn(async move {
            loop {
                let Ok((stream, peer)) = tcp.accept().await else {
                    // Too many open files: others are closed meanwhile.
                    tokio::time::sleep(Duration::from_millis(50)).await;
                    continue;
                };
                if done.is_closed() {
                    return;
                }
                if !door.is_open() {
                    continue;
                }
                let (done, door) = (done.clone(), Arc::clone(&door));
                tokio::spawn(async move {
                    // An answer is one write; waiting for more would delay it.
                    let _ = stream.set_nodelay(true);
                    // Who does not come to the end of it has none.
                    if let Ok(Some(stream)) = meet(stream, door.as_ref()).await {
                        let wire = Wire::new(stream);
                        door.connections().note(&wire.budget);
                        let _ = done.send((wire, peer)).await;
                    }
                });
            }
        });
        Ok(Self { ready, address })
    }
}

/// Meets one connection; `None` where it came to no handshake.
async fn meet(mut stream: TcpStream, door: &dyn Door) -> io::Result<Option<TlsStream<TcpStream>>> {
    /// The head of a record of TLS and of the greeting in it, as far as anything is decided by it.
    const FIRST: usize = 11;
    let mut first = [0; FIRST];
    let seen = tokio::time::timeout(HANDSHAKE, stream.peek(&mut first)).await??;
    match door.meets(&first[..seen]) {
        Meeting::Hang => {
            // Held until the client lets go.
            let mut taken = [0; 1024];
            while stream.read(&mut taken).await? > 0 {}
            Ok(None)
        }
        Meeting::Reset => {
            stream.set_zero_linger()?;
            Ok(None)
        }
        Meeting::Say(bytes) => {
            stream.write_all(&bytes).await?;
            stream.shutdown().await?;
            let mut taken = [0; 1024];
            while stream.read(&mut taken).await? > 0 {}
            Ok(None)
        }
        Meeting::Handshake(acceptor) => {
            Ok(Some(tokio::time::timeout(HANDSHAKE, acceptor.accept(stream)).await??))
        }
    }
}

impl Listener for TlsListener {
    type Io = Wire;
    type Addr = SocketAddr;

    async fn accept(&mut self) -> (Wire, SocketAddr) {
        match self.ready.recv().await {
            Some(connection) => connection,
            // The accepting task ends only with the runtime.
            None => std::future::pending().await,
        }
    }

    fn local_addr(&self) -> io::Result<SocketAddr> {
        Ok(self.address)
    }
}

impl Connected<IncomingStream<'_, TlsListener>> for Scissors {
    fn connect_info(stream: IncomingStream<'_, TlsListener>) -> Self {
        Self(stream.io().budget.clone())
    }
}
