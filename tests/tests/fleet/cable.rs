//! A cable between terminal and server, which can be pulled: nobody says goodbye on it.

use std::net::SocketAddr;
use std::sync::Arc;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;

pub(crate) struct Cable {
    /// Where the terminal calls.
    pub(crate) address: SocketAddr,
    plugged: Arc<watch::Sender<bool>>,
}

impl Cable {
    /// A cable to the server at `to`.
    pub(crate) async fn lay(to: String) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let plugged = Arc::new(watch::Sender::new(true));
        let at_work = Arc::clone(&plugged);
        tokio::spawn(async move {
            while let Ok((terminal, _)) = listener.accept().await {
                let (to, mut plugged) = (to.clone(), at_work.subscribe());
                tokio::spawn(async move {
                    let _ = plugged.wait_for(|plugged| *plugged).await;
                    let Ok(server) = TcpStream::connect(to).await else { return };
                    let ((from, to), (back, there)) = (terminal.into_split(), server.into_split());
                    tokio::join!(carry(from, there, plugged.clone()), carry(back, to, plugged));
                });
            }
        });
        Self { address, plugged }
    }

    pub(crate) fn pull(&self) {
        self.plugged.send_replace(false);
    }

    pub(crate) fn plug_in(&self) {
        self.plugged.send_replace(true);
    }
}

/// One way; what comes while the cable is pulled waits, as in a sender's buffers.
async fn carry(
    mut from: tokio::net::tcp::OwnedReadHalf,
    mut to: tokio::net::tcp::OwnedWriteHalf,
    mut plugged: watch::Receiver<bool>,
) {
    let mut bytes = vec![0; 16 * 1024];
    while let Ok(length @ 1..) = from.read(&mut bytes).await {
        let _ = plugged.wait_for(|plugged| *plugged).await;
        if to.write_all(&bytes[..length]).await.is_err() {
            return;
        }
    }
    let _ = to.shutdown().await;
}
